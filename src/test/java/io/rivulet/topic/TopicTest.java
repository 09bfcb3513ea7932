package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.refusal.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a topic is. */
class TopicTest {

    @ParameterizedTest
    @ValueSource(strings = {"news", "quotes/ACME", "https://example.com/a?b=c#d", "größe ✓", "a*", "**", " "})
    void aTopicIsAnyTextWithoutHiddenCharacters(String topic) {
        assertEquals(topic, Topic.check(topic, 4_096));
    }

    @Test
    void theWildcardCanBeAskedForButNotPublishedTo() {
        assertEquals("*", Topic.checkText("*", 16));
        assertRefused("reserved", () -> Topic.check("*", 16));
    }

    @Test
    void theLimitCountsBytesAndNamesItsSetting() {
        assertEquals("é".repeat(8), Topic.check("é".repeat(8), 16));
        assertRefused("17 bytes; at most 16 are allowed (rivulet.topic.bytes.max)",
            () -> Topic.check("é".repeat(8) + "a", 16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\0", "\u001f", "\u007f", "\u009f", "\u200b", "\u2066", "\udc00", "\uD83D"})
    void hiddenCharactersAreRefused(String topic) {
        assertRefused("not allowed", () -> Topic.checkText(topic, 100));
    }

    @Test
    void emptyIsNoTopic() {
        assertRefused("empty", () -> Topic.checkText("", 100));
    }

    @Test
    void aPatternIsANameOrABeginning() {
        List<String> patterns = List.of("clock", "quotes/*");
        assertTrue(Topic.covered(patterns, List.of("x", "clock")));
        assertTrue(Topic.covered(patterns, List.of("quotes/A")));
        assertTrue(Topic.covered(patterns, List.of("quotes/")));
        assertFalse(Topic.covered(patterns, List.of("clock2", "quotes", "my/quotes/A")));
        assertTrue(Topic.covered(List.of("*"), List.of("anything")));
        assertFalse(Topic.covered(List.of(), List.of("anything")));
    }

    @Test
    void aBeginningHoldsWhatLiesBelowItAndNotWhatClimbsOut() {
        List<String> below = List.of("clock", "quotes/*", "odd/../name");
        for (String topic : List.of("clock", "quotes/A", "quotes/", "quotes/a..b", "quotes/...", "odd/../name")) {
            assertTrue(Topic.lies(topic, below), topic);
        }
        for (String topic : List.of("news", "quotes/../clock", "quotes/./A", "quotes/..", "quotes/%2E%2e/x",
            "quotes/.%2e\\x", "quotes/..?x", "quotes/..#x")) {
            assertFalse(Topic.lies(topic, below), topic);
        }
    }

    private static void assertRefused(String part, org.junit.jupiter.api.function.Executable run) {
        Refused refused = assertThrows(Refused.class, run);
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
}
