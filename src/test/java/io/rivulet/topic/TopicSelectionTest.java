package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one subscriber asks for. */
class TopicSelectionTest {

    @Test
    void oneOfItsTopicsIsEnough() {
        TopicSelection some = TopicSelection.ofTopics(List.of("a", "b"));
        assertTrue(some.matches(List.of("x", "b")));
        assertFalse(some.matches(List.of("x", "B", "ab")));
        assertFalse(some.isAny());
        assertEquals(Set.of("a", "b"), some.exact());
    }

    @Test
    void theWildcardMatchesEverythingWhateverStandsBesideIt() {
        TopicSelection all = TopicSelection.ofTopics(List.of("a", "*"));
        assertTrue(all.isAny());
        assertTrue(all.matches(List.of("never seen")));
    }

    @Test
    void aRepeatedTopicCountsOnceAndTheOrderStays() {
        assertEquals(List.of("b", "a"), TopicSelection.ofTopics(List.of("b", "a", "b")).matchers().stream()
            .map(TopicMatcher::text).toList());
    }

    @Test
    void aStarInsideANameIsNoPattern() {
        assertFalse(TopicSelection.ofTopics(List.of("quotes/*")).matches(List.of("quotes/A")));
    }

    @Test
    void nothingIsNoSelection() {
        assertThrows(IllegalArgumentException.class, () -> TopicSelection.of(List.of()));
    }
}
