package io.rivulet.bench.jmh;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An event becomes the bytes that all its streams share: once for each event, however many get it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBench {

    /** Bytes of data. */
    @Param({"100", "2048"})
    public int size;

    /** Lines it has. */
    @Param({"1", "20"})
    public int lines;

    private Event event;
    private Position position;

    /** An event with a type. */
    @Setup
    public void prepare() {
        StringBuilder data = new StringBuilder("x".repeat(size));
        for (int line = 1; line < lines; line++) {
            data.setCharAt(line * size / lines, '\n');
        }
        event = Event.on("https://example.com/books/1").type("alert")
            .data(data.toString().getBytes(StandardCharsets.UTF_8)).build();
        position = new Position(1_000_000, 0);
    }

    /** Gives the bytes. */
    @Benchmark
    public byte[] frame() {
        return new EventFrame(event, position, false, "urn:rivulet:ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1_800_000_000_000L)
            .live();
    }
}
