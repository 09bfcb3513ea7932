package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.rivulet.refusal.Refused;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The words by which patterns are found. */
class LiteralWordsTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final String[] IN_PATTERNS = {"a", "B", "/", "/", "{", "}", "?", "*", "+", ":x", ":y", "(", "\\d+",
        "[a-c]", ")", "é", "%41", "%C3%A9", ".", "-", "_", "#", "\\?", "=", "&", "https://", "example.com", ":80",
        "u1"};
    private static final String[] IN_TEMPLATES = {"a", "B", "/", "/", "{x}", "{x,y}", "{+x}", "{#x}", "{.x}", "{/x,y}",
        "{;x}", "{?x,y}", "{&x}", "{x*}", "{x:2}", "{.x}", "é", "%41", ".", "-", "u1", "?", "#", "=", "&", "https://"};
    private static final String[] IN_TOPICS = {"a", "B", "/", "/", "?", "é", "%41", "%C3%A9", ".", "-", "_", "#", "=",
        "&", "https://", "EXAMPLE.com", ":80", "u1", "x=1", ";x", "?x=", " "};

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final Random random = new Random(17);

    @Test
    void wordsAreRunsOfLettersDigitsDashAndUnderscore() {
        assertEquals(Set.of("https", "example", "com", "my-books", "17_a", "größe"),
            LiteralWords.of("https://example.com:/my-books/17_a?größe&&com"));
        assertEquals(Set.of(), LiteralWords.of("/?#"));
    }

    @Test
    void whatTouchesAnExpressionMayBeAPartOfALongerWord() {
        assertEquals(Set.of("a", "c"), LiteralWords.last(List.of("a/b", "b/c/d", ""), 9));
        assertEquals(Set.of("a", "z"), LiteralWords.last(List.of("a/b", "y.z"), 9));
    }

    @Test
    void ofManyWordsTheLastAreTakenInTheOrderOfTheText() {
        List<String> literals = List.of("https://example.com/a/b/a/", "/c/d/c/d/", "");
        assertEquals(List.of("b", "a", "c", "d"), List.copyOf(LiteralWords.last(literals, 4)));
        assertEquals(List.of("https", "example", "com", "b", "a", "c", "d"),
            List.copyOf(LiteralWords.last(literals, 9)));
    }

    @Test
    void thousandWordsMakeNoMoreGarbageThanSixteen() {
        String words = IntStream.range(0, 1_000).mapToObj(i -> "w" + i).collect(Collectors.joining("/"));
        CompiledMatcher different = (CompiledMatcher) space.urlPattern("/" + words + "/*");
        CompiledMatcher alike = (CompiledMatcher) space.urlPattern("/" + "word/".repeat(800) + "*");
        for (CompiledMatcher pattern : List.of(different, alike)) {
            pattern.anchors(); // classes are loaded
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            Set<String> anchors = pattern.anchors();
            long made = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(anchors.size() <= 16 && made < 8_192, anchors.size() + " words made " + made + " bytes");
        }
    }

    @Test
    void whatAPatternSaysStandsInEveryTopicItMatches() {
        int matched = 0;
        for (int i = 0; i < 12_000; i++) {
            boolean template = i % 2 == 0;
            String text = (random.nextBoolean() ? "https://example.com/" : "/")
                + any(template ? IN_TEMPLATES : IN_PATTERNS, 6);
            if (matcher(template, text) instanceof CompiledMatcher compiled) {
                String like = text.replaceAll(template ? "\\{[^}]*\\}" : "[{}()?*+\\\\]|:[xy]",
                    random.nextBoolean() ? "" : "a");
                String topic = like + any(IN_TOPICS, 3);
                if (compiled.matches(topic)) {
                    matched++;
                    String subject = compiled.subject(topic);
                    assertTrue(subject.startsWith(compiled.prefix()), text + " and " + subject);
                    assertTrue(LiteralWords.of(subject).containsAll(compiled.anchors()), text + " and " + subject);
                }
            }
        }
        assertTrue(matched > 2_000, matched + " topics matched");
    }

    private TopicMatcher matcher(boolean template, String text) {
        try {
            return template ? space.selector(text) : space.urlPattern(text);
        } catch (Refused e) {
            return space.exact(text);
        }
    }

    private String any(String[] parts, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most); n > 0; n--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}
