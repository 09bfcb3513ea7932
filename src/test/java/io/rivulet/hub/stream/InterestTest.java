package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether anybody would hear an event. */
class InterestTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final Interest interest = new Interest(20);

    @Test
    void aTopicIsHeardWhileSomebodyAsksForItByNameByPatternOrForAll() {
        for (TopicSelection wish : List.of(TopicSelection.of(List.of(space.exact("quotes/A"))),
            TopicSelection.of(List.of(space.exact("news"), space.urlPattern("quotes/:name"))),
            TopicSelection.of(List.of(space.selector("quotes/{name}"))),
            TopicSelection.of(List.of(space.exact("*"))))) {
            TopicSelection twin = TopicSelection.of(wish.matchers());
            assertFalse(interest.isHeard("quotes/A"));
            interest.add(wish);
            interest.add(twin);
            assertTrue(interest.isHeard("quotes/A"), wish.matchers().toString());
            interest.remove(wish);
            assertTrue(interest.isHeard("quotes/A"), "the other one is still there");
            interest.remove(twin);
        }
        assertFalse(interest.isHeard("quotes/A"));
    }

    @Test
    void thoseWhoShareASelectionAreCountedEach() {
        for (TopicSelection shared : List.of(space.select(List.of(space.exact("a"))),
            space.select(List.of(space.exact("b"), space.urlPattern("a"))), space.select(List.of(space.exact("*"))))) {
            for (int i = 0; i < 3; i++) {
                interest.add(shared);
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(interest.isHeard("a"), i + " of three have left");
                interest.remove(shared);
            }
            assertFalse(interest.isHeard("a"));
        }
    }

    /** Each of them is tried for every new topic: strangers could else make each publish as slow as they like. */
    @Test
    void patternsThatNothingLiteralTellsApartAreBounded() {
        for (int i = 0; i < 20; i++) {
            interest.add(TopicSelection.of(List.of(space.selector("{a" + i + "}"), space.exact("b"))));
        }
        TopicSelection tooMany = TopicSelection.of(List.of(space.exact("news"), space.selector("{c}")));
        Refused refused = assertThrows(Refused.class, () -> interest.add(tooMany));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains("rivulet.patterns.max"), refused.getMessage());
        interest.add(TopicSelection.of(List.of(space.selector("{a0}")))); // known: tried once for both
        for (int i = 0; i < 100; i++) {
            interest.add(TopicSelection.of(List.of(space.selector("users/" + i + "/{x}"))));
        }
    }

    @Test
    void anotherTopicIsNotHeard() {
        interest.add(TopicSelection.of(List.of(space.exact("a"), space.urlPattern("b/:x"), space.selector("c/{x}"))));
        assertFalse(interest.isHeard("clock"));
        assertTrue(interest.isHeard("c/1"));
    }
}
