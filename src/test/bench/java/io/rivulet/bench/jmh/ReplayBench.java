package io.rivulet.bench.jmh;

import io.rivulet.log.LogChunk;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A reader goes through the whole log in chunks, as one that was long away; for one event that it passes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReplayBench {

    private static final int EVENTS = 200_000;
    private static final int GROUP = 500;
    private static final int CHUNK_BYTES = 256 << 10;

    /** Everything, or one of a hundred topics. */
    @Param({"*", "https://example.com/books/7"})
    public String topic;

    private LogState state;
    private TopicSelection selection;

    /** A log with something in it. */
    @Setup
    public void fill() throws IOException {
        state = new LogState();
        for (int i = 0; i < EVENTS; i += GROUP) {
            state.log().append(LogState.group(GROUP));
        }
        selection = TopicSelection.ofTopics(List.of(topic));
    }

    /** Gives how many it wanted. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int read() throws IOException {
        int found = 0;
        long head = state.log().range().head();
        for (long at = 0; at < head; ) {
            LogChunk chunk = state.log().read(at, head, selection, CHUNK_BYTES);
            found += chunk.entries().size();
            at = chunk.examinedTo();
        }
        return found;
    }

    /** Deletes it. */
    @TearDown
    public void close() throws IOException {
        state.close();
    }
}
