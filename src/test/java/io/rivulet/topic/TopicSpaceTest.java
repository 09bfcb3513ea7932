package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.refusal.Refused;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a hub reads topics and what is asked for, relative to its own URL. */
class TopicSpaceTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");

    @ParameterizedTest
    @ValueSource(strings = {"", "hub", "/.well-known/mercure", "ftp://h/x", "urn:hub", "https://", "http://a b/",
        "https://user:secret@h/x", "https://user@h/x", "https://h/x#y"})
    void aHubIsAtAnAbsoluteHttpOrHttpsUrl(String url) {
        String told = assertThrows(IllegalArgumentException.class, () -> TopicSpace.of(url)).getMessage();
        assertFalse(told.contains("secret"), told);
        assertEquals("http://h/x", TopicSpace.of("http://h/x").hubUrl());
    }

    /** What short texts compile to counts: else a few thousand of them would fill the memory. */
    @Test
    void whatIsRememberedOfPatternsIsBoundedByWhatTheyTake() {
        TopicMatcher first = space.urlPattern("/first/(a{900})");
        TopicMatcher template = space.selector("first{a:1000}");
        TopicMatcher kept = space.urlPattern("/kept/:id");
        for (int i = 0; i < 3_000; i++) {
            space.urlPattern("/" + i + "/(a{900})");
            assertSame(kept, space.urlPattern("/kept/:id"));
            space.selector(i + "{a:1000}");
        }
        assertNotSame(first, space.urlPattern("/first/(a{900})"));
        assertNotSame(template, space.selector("first{a:1000}"));
    }

    @Test
    void subThirteenAnExactMatcherComparesBytes() {
        TopicMatcher exact = space.exact("https://example.com/a");
        assertTrue(exact.matches("https://example.com/a"));
        assertFalse(exact.matches("https://EXAMPLE.com/a"));
        assertFalse(exact.matches("https://example.com/./a"));
        assertFalse(space.exact("a").matches("https://hub.example/.well-known/a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "https://example.com/books/:id https://example.com/books/1",
        "https://example.com/books/:id HTTPS://EXAMPLE.COM:443/a/../books/1",
        "https://*.example.com/* https://a.example.com/b",
        "/books/:id https://hub.example/books/1", "/books/:id /books/1", "/books/:id ../books/1",
        "books/:id https://hub.example/.well-known/books/1", "books/:id books/1"})
    void subFourteenPatternsAndTopicsAreResolvedAgainstTheHubsUrl(String pattern, String topic) {
        assertTrue(space.urlPattern(pattern).matches(topic), pattern + " and " + topic);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"https://example.com/books/:id https://example.com/Books/1",
        "https://example.com/books/:id https://example.com/books/1/2", "/books/:id https://example.com/books/1",
        "https://example.com/books/:id /books/1", "https://example.com/books/:id http://example.com/books/1"})
    void subFourteenOtherUrlsDoNotMatch(String pattern, String topic) {
        assertFalse(space.urlPattern(pattern).matches(topic), pattern + " and " + topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://", "http://[::1", "https://a:b:c/", "//"})
    void subFifteenATopicThatIsNoUrlMatchesNoPattern(String topic) {
        assertFalse(space.urlPattern("*://*/*").matches(topic));
        assertTrue(space.urlPattern("*://*/*").matches("https://a/b"));
        assertTrue(space.urlPattern("*").matches(topic), "the star is no pattern");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://e/(", "https://e/:a/:a", "https://e/((?=x)y)", "https://e/{", "/:"})
    void subSevenABadPatternIsRefusedWithoutTheCompilersWords(String pattern) {
        Refused refused = assertThrows(Refused.class, () -> space.urlPattern(pattern));
        assertEquals(Refused.Reason.MALFORMED, refused.reason());
        assertTrue(refused.getMessage().startsWith("a URL pattern cannot be read"), refused.getMessage());
        assertFalse(refused.getMessage().contains(pattern));
    }

    @Test
    void subSeventeenTheStarMatchesEverythingWhateverTheKind() {
        for (TopicMatcher star : List.of(space.exact("*"), space.urlPattern("*"), space.selector("*"))) {
            assertTrue(star instanceof TopicMatcher.Any);
            assertTrue(star.matches("no url: \\ at all"));
        }
        assertFalse(space.exact("**").matches("x"));
    }

    @Test
    void actThreePresenceTellsAsWhatAStarWasAskedFor() {
        assertEquals("exact", space.exact("*").type());
        assertEquals("urlpattern", space.urlPattern("*").type());
    }

    @Test
    void subSixteenAHostilePatternEndsWithoutAMatch() {
        TopicMatcher matcher = space.urlPattern("https://e/((?:a*)*(?:a*)*(?:a*)*b)");
        assertFalse(matcher.matches("https://e/" + "a".repeat(4_000)));
        assertTrue(matcher.matches("https://e/aab"));
    }

    @Test
    void subTwentyTwoEqualMatchersAreEqualAndOthersAreNot() {
        TopicSpace other = TopicSpace.of("https://other.example/.well-known/mercure");
        assertEquals(space.urlPattern("/a/:b"), space.urlPattern("/a/:b"));
        assertEquals(space.urlPattern("/a/:b"), TopicSpace.of(space.hubUrl()).urlPattern("/a/:b"));
        assertEquals(space.selector("/a/{b}"), other.selector("/a/{b}"));
        assertNotEquals(space.urlPattern("/a/:b"), other.urlPattern("/a/:b"));
        assertNotEquals(space.urlPattern("/a/{b}"), space.selector("/a/{b}"));
        assertNotEquals(space.urlPattern("/a"), space.exact("/a"));
        assertSame(space.selector("/a/{b}"), space.selector("/a/{b}"), "compiled once");
        assertEquals("urlpattern", space.urlPattern("/a").type());
        assertEquals("uritemplate", space.selector("{a}").type());
        assertEquals("exact", space.selector("a").type());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/.well-known/mercure/x", "https://other/.well-known/mercure",
        "mercure/subscriptions/x", "%6Dercure", "\\.well-known\\mercure", "/ctx%20a/h%75b", "https://other/ctx a/hub/x",
        "hub", "./hub?x", "x/../hub", "/CTX/../ctx a/hub", "?x", "../.well-known/mercure",
        "../.well-known/%6dercure/x"})
    void pubFiveTheReservedNamespaceFollowsTheHubAndIsAlwaysAlsoMercures(String topic) {
        assertTrue(TopicSpace.of("https://hub.example/ctx%20a/hub").isReserved(topic), topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../mercure/x", "/.well-known/mercure-dashboard", "https://e/foo/.well-known/mercure/bar",
        "urn:example:mercure", "a topic with spaces", "/hub", "hubs", "/ctx/hub", "/ctx%20a/hub/../x", "news",
        "/ctx%2520a/hub", "urn:/ctx%20a/hub x", "https://[bad/.well-known/mercure", "https://[bad/ctx%20a/hub",
        "http://h:99999/.well-known/mercure"})
    void pubFiveWhatLeadsElsewhereIsNotReserved(String topic) {
        assertFalse(TopicSpace.of("https://hub.example/ctx%20a/hub").isReserved(topic), topic);
    }

    @Test
    void pubFiveARelativeTopicLeadsFromTheHubToMercuresPathToo() {
        for (String topic : List.of(".well-known/mercure", "./.well-known/mercure/x", "http:.well-known/mercure")) {
            assertTrue(TopicSpace.of("http://hub.example/hub").isReserved(topic), topic);
        }
        assertFalse(TopicSpace.of("http://hub.example/ctx/hub").isReserved(".well-known/mercure"));
    }

    @Test
    void pubFiveAHubsPathWithEncodedCharactersIsKnownInEveryForm() {
        for (String topic : List.of("a b", "a%20b", "x/../a b/c", "/a b", "https://other/a%20b")) {
            assertTrue(TopicSpace.of("https://hub.example/a%20b").isReserved(topic), topic);
        }
    }

    @Test
    void aBeginningThatLiesElsewhereMayNotMatch() {
        for (String beginning : List.of("quotes/", "https://hub.example/.well-known/quotes/", "./quotes/a", "/quotes/",
            "https://example.com/quotes/", "urn:quote:")) {
            assertFalse(space.urlPattern("https://example.com/books/:id").mayMatchBeginning(beginning), beginning);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"quotes/:name quotes/", "quotes/:name quotes", "quotes/:name quo",
        "urn:quotes:* urn", "https://example.com/:a https://example", "https://example.com/:a https://example.com",
        "https://example.com/:a /", "*://*/quotes/* quotes/", "/.well-known/* quotes/", "quotes/a%20b quotes/a",
        "https://example.com/:a //example.com/", "file:///x file:///", "quotes/A quotes/A"})
    void aBeginningOfWhatMatchesMayMatch(String pattern, String beginning) {
        assertTrue(space.urlPattern(pattern).mayMatchBeginning(beginning), pattern + " and " + beginning);
    }

    @Test
    void noBeginningIsExcludedOfWhichATopicMatches() {
        Random random = new Random(11);
        String[] parts = {"a", "quotes", "/", "/", ":", "https://", "example.com", "//", "?", "#", ".", "%", "2e", " ",
            "@", "urn:", "\\", "0", "z", "ß"};
        List<TopicMatcher> matchers = List.of(space.urlPattern("quotes/*"), space.urlPattern("/*"),
            space.urlPattern("*://*"), space.urlPattern("https://example.com/a*"),
            space.urlPattern("https://example.com*"), space.urlPattern("urn\\:a*"),
            space.selector("quotes/{a}"), space.selector("{+a}/a"), space.selector("https://{a}/{b}"));
        int matched = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder topic = new StringBuilder();
            for (int n = random.nextInt(7); n >= 0; n--) {
                topic.append(parts[random.nextInt(parts.length)]);
            }
            TopicMatcher matcher = matchers.get(i % matchers.size());
            String beginning = topic.substring(0, random.nextInt(topic.length() + 1));
            if (!Topic.climbs(topic.toString()) && matcher.matches(topic.toString())) {
                matched++;
                assertTrue(matcher.mayMatchBeginning(beginning), matcher + ": " + topic + " begins " + beginning);
            }
        }
        assertTrue(matched > 300, matched + " topics matched");
    }

    @Test
    void whoAsksAlikeHasTheSameSelection() {
        TopicSelection one = space.select(List.of(space.exact("a"), space.urlPattern("/b/:c"), space.selector("{d}")));
        assertSame(one, space.select(List.of(space.exact("a"), space.urlPattern("/b/:c"), space.selector("{d}"))));
        assertEquals(List.of("a", "/b/:c", "{d}"), one.matchers().stream().map(TopicMatcher::text).toList());
        for (List<TopicMatcher> other : List.<List<TopicMatcher>>of(List.of(space.exact("a")),
            List.of(space.urlPattern("/b/:c"), space.exact("a"), space.selector("{d}")),
            List.of(space.exact("a"), space.exact("/b/:c"), space.selector("{d}")),
            List.of(space.exact("a"), space.urlPattern("/b/:c"), space.exact("{d}")),
            List.of(space.exact("aurlpattern6 /b/:c"), space.selector("{d}")))) {
            assertEquals(List.copyOf(other), space.select(other).matchers());
            assertNotSame(one, space.select(other));
        }
    }
}
