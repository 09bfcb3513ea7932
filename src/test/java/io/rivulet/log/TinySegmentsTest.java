package io.rivulet.log;

/** The contract with segments of three events, each sealed as soon as it is full. */
class TinySegmentsTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return OUT_OF_THE_BOX.withSegmentEvents(3);
    }
}
