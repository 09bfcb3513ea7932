package io.rivulet.log.segment;

/** The contract with segments of three events, each sealed as soon as it is full. */
class TinySegmentsTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return OUT_OF_THE_BOX.withSegmentEvents(3);
    }
}
