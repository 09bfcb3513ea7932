package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether anybody would hear an event. */
class InterestTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final Interest interest = new Interest();

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
    void anotherTopicIsNotHeard() {
        interest.add(TopicSelection.of(List.of(space.exact("a"), space.urlPattern("b/:x"), space.selector("c/{x}"))));
        assertFalse(interest.isHeard("clock"));
        assertTrue(interest.isHeard("c/1"));
    }
}
