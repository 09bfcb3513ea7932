package io.rivulet.log.segment;

/** The contract with segments of three events, each sealed as soon as it is full. */
class TinySegmentsTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return TendedLog.segmentsOf(3, OUT_OF_THE_BOX);
    }
}
