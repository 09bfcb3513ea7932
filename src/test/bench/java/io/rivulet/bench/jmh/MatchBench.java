package io.rivulet.bench.jmh;

import io.rivulet.topic.TopicIndex;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Who wants an event: one of many subscribers, each of whom has a topic or a pattern of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatchBench {

    /** Subscribers, each with its own. */
    @Param({"10", "15000"})
    public int subscribers;

    /** Exact topics, or URL patterns as well. */
    @Param({"exact", "patterns"})
    public String kind;

    private final TopicIndex<Integer> index = new TopicIndex<>();
    private final Consumer<Integer> found = who -> last = who;
    private List<String> wanted;
    private List<String> unwanted;
    private int last;

    /** Fills the index. */
    @Setup
    public void prepare() {
        TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
        for (int i = 0; i < subscribers; i++) {
            index.add(kind.equals("exact") ? TopicSelection.ofTopics(List.of("https://example.com/books/" + i))
                : TopicSelection.of(List.of(space.urlPattern("https://example.com/books/" + i + "/:page"))), i,
                null);
        }
        String page = kind.equals("exact") ? "" : "/1";
        wanted = List.of("https://example.com/books/7" + page);
        unwanted = List.of("https://example.com/books/none" + page);
    }

    /** One subscriber wants it. */
    @Benchmark
    public int wanted() {
        index.forEach(wanted, found);
        return last;
    }

    /** Nobody wants it. */
    @Benchmark
    public int unwanted() {
        index.forEach(unwanted, found);
        return last;
    }
}
