package io.rivulet.hub.stream;

import io.rivulet.log.LogWork;

/**
 * How many questions of {@link Readers} may be under way.
 *
 * @param turns      that run at a time
 * @param places     that are beyond their first slice, of short ones and again of long ones
 * @param callerMax  of one caller among them, of each kind
 * @param shortSteps a question that has cost more is a long one
 */
record ReaderLimits(int turns, int places, int callerMax, long shortSteps) {

    private static final int TURNS = 2;
    /** One that stands may hold about two megabytes. */
    private static final long HEAP_FOR_EACH = 64 << 20;

    /** The limits that follow from the heap: what stands takes a sixteenth of it at most. */
    static ReaderLimits ofHeap() {
        int places = (int) Math.max(4, Math.min(16, Runtime.getRuntime().maxMemory() / HEAP_FOR_EACH));
        return new ReaderLimits(TURNS, places, places / 2, 16L * LogWork.SLICE);
    }

    /** Each that is beyond its first slice may stand; each other one has a turn. */
    int threads() {
        return 2 * places + turns;
    }
}
