package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Heap;
import io.rivulet.url.Url;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What matchers, selections and topics are said to weigh is what they take in the heap, and what strangers leave behind
 * in the caches is bounded by it.
 */
class WeightTest {

    private static final String HUB = "https://hub.example/.well-known/mercure";
    private static final long MIB = 1 << 20;

    private static TopicSelection own(TopicSpace space, String pattern, int i) {
        String text = pattern.replace("#", "u" + i);
        return TopicSelection.of(List.of(
            pattern.contains("/:") ? space.urlPattern(text) : space.selector(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/users/#", "/users/#/{item}", "/users/#/:item", "#/{a:1000}", "/#/:a((?:.?){300}!)",
        "/#/{a}/{b,c}/d{?e,f,g}", "/#/:a([a-c]{3}|[d-f]{4}|[^x])/:b(\\d+)",
        "/#/\u65b0\u805e/{a}", "/#/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/*/:x"})
    void aSelectionWeighsWhatItTakes(String pattern) {
        long one = own(TopicSpace.of(HUB), pattern, 0).weight();
        int many = (int) Math.max(100, MIB / one);
        IntFunction<TopicSelection> make = i -> {
            // each has a space of its own to forget it: a matcher is kept by nothing but its selection
            TopicSelection selection = own(SPACES.get(i % 8), pattern, i);
            for (int n = 0; n < 24 && !selection.patterns().isEmpty(); n++) { // answers count, too
                selection.matches("elsewhere/" + "x".repeat(110) + n);
            }
            return selection;
        };
        long weight = 0;
        for (int i = 0; i < many; i++) {
            weight += make.apply(i).weight();
        }
        clear();
        long taken = Heap.of(() -> {
            List<TopicSelection> all = new ArrayList<>(many);
            for (int i = 0; i < many; i++) {
                all.add(make.apply(i));
            }
            clear();
            return all;
        });
        assertTrue(taken < weight * 1.5 && taken > weight / 1.5, "said to weigh " + weight + ", takes " + taken);
    }

    private static final List<TopicSpace> SPACES = new ArrayList<>();

    static {
        clear();
    }

    /** Spaces that remember nothing yet. */
    private static void clear() {
        SPACES.clear();
        for (int i = 0; i < 8; i++) {
            SPACES.add(TopicSpace.of(HUB));
        }
    }

    /** Each request with 33 templates of its own: 500 KB compiled, in 600 characters. */
    @Test
    void whatStrangersAskedForIsNotKeptBeyondTheBoundOfTheCaches() {
        long kept = Heap.of(() -> {
            TopicSpace space = TopicSpace.of(HUB);
            for (int i = 0; i < 80; i++) {
                String request = "r" + i;
                space.select(IntStream.range(0, 33).mapToObj(n -> space.selector(request + "t" + n + "/{a:1000}"))
                    .toList());
            }
            return space;
        });
        assertTrue(kept < 20 * MIB, () -> "kept " + kept);
    }

    @Test
    void topicsAsUrlsAreBoundedByWhatTheyTake() {
        long kept = Heap.of(() -> {
            TopicUrls urls = new TopicUrls(HUB, Url.parse(HUB, null));
            for (int i = 0; i < 40_000; i++) {
                urls.of("/" + i);
            }
            return urls;
        });
        assertTrue(kept < 6 * MIB, () -> "kept " + kept);
    }

    /** A topic that nobody publishes to again is remembered with the patterns that it matched, while they stay. */
    @Test
    void patternsThatLeftAreNotKeptByTheTopicsThatTheyMatched() {
        TopicSpace space = TopicSpace.of(HUB);
        long kept = Heap.of(() -> {
            TopicIndex<Object> index = new TopicIndex<>();
            TopicSelection stays = TopicSelection.of(List.of(space.selector("stays/{a}")));
            index.add(stays, this);
            for (int i = 0; i < 400; i++) {
                TopicSelection goes = TopicSelection.of(List.of(
                    new TopicMatcher.Template("{a:1000}" + i, UriTemplate.parse("{a:1000}" + i))));
                index.add(goes, this);
                index.hears("x" + i);
                index.remove(goes, this);
            }
            return index;
        });
        assertTrue(kept < 2 * MIB, () -> "kept " + kept);
    }

    /** A remembered topic that matches more and more grows in the cache's sum as well. */
    @Test
    void topicsThatMatchMoreAndMoreAreNotAllRemembered() {
        int topics = 6_000;
        TopicIndex<Object> index = new TopicIndex<>();
        for (int i = 0; i < 64; i++) {
            index.add(TopicSelection.of(List.of(
                new TopicMatcher.Template("{a" + i + "}", UriTemplate.parse("{a" + i + "}")))), this);
            for (int n = 0; n < topics && (i == 0 || i == 63); n++) {
                index.hears("t" + n);
            }
        }
        long tried = index.tried();
        index.hears("t0");
        assertTrue(index.tried() > tried, "the first topic is remembered, after 6,000 lists of 64 patterns each");
    }
}
