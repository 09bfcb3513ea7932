package io.rivulet.bench.jmh;

import io.rivulet.log.LogRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One group commit: encoded, written, synced. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBench {

    /** Events of the group. */
    @Param({"1", "64", "512"})
    public int events;

    private LogState state;
    private List<LogRecord> group;

    /** An empty log. */
    @Setup
    public void open() throws IOException {
        state = new LogState();
        group = LogState.group(events);
    }

    /** Gives the entries. */
    @Benchmark
    public List<?> commit() throws IOException {
        return state.log().append(group);
    }

    /** Deletes it. */
    @TearDown
    public void close() throws IOException {
        state.close();
    }
}
