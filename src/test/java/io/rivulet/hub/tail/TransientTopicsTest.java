package io.rivulet.hub.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.kit.Heap;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory of transient topics, whichever way somebody asks for them. */
class TransientTopicsTest {

    private static final List<String> NAMES = List.of("clock", "quotes/*");

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final TransientTopics transients = new TransientTopics(TopicList.ofNames(NAMES), 1 << 20);

    @Test
    void theNewestOfEachTopicIsFoundByNameByPatternAndByTemplate() {
        publish(1, "quotes/A");
        publish(2, "quotes/B");
        publish(3, "quotes/A");
        publish(4, "clock");
        assertEquals("[2, 3]", newest(space.selector("quotes/{name}")));
        assertEquals("[2, 3]", newest(space.urlPattern("quotes/:name")));
        assertEquals("[2, 3, 4]", newest(space.urlPattern("quotes/:name"), space.exact("clock"),
            space.exact("quotes/A")));
        assertEquals("[]", newest(space.selector("books/{id}")));
    }

    @Test
    void whatWasLostIsToldToThosePatternsOnlyThatMatchIt() {
        transients.evicted(publish(1, "quotes/A"));
        transients.evicted(publish(2, "clock"));
        for (TopicMatcher quotes : List.of(space.selector("quotes/{name}"), space.urlPattern("quotes/:name"))) {
            TopicSelection wish = TopicSelection.of(List.of(quotes, space.exact("news")));
            assertTrue(transients.lostSince(Position.START, View.unlimited(wish), LogWork.UNBOUNDED));
            assertFalse(transients.lostSince(new Position(0, 1), View.unlimited(wish), LogWork.UNBOUNDED),
                "it has that one");
        }
        assertFalse(transients.lostSince(Position.START,
            View.unlimited(TopicSelection.of(List.of(space.urlPattern("books/:id")))), LogWork.UNBOUNDED));
    }

    @Test
    void theNewestOfATopicIsLostOnlyWhereItIsNeitherRememberedNorReplaced() {
        TransientTopics few = new TransientTopics(TopicList.ofNames(NAMES), 1); // room for one topic
        EventFrame first = frame(1, "quotes/A");
        few.added(first);
        few.evicted(first);
        assertFalse(lost(few, 0, space.exact("quotes/A")), "the ring forgot it, this did not");
        EventFrame second = frame(2, "quotes/B");
        few.added(second);
        for (TopicMatcher wish : List.of(space.exact("quotes/A"), space.selector("quotes/{name}"), space.exact("*"))) {
            assertTrue(lost(few, 0, wish), wish + " lost the first");
            assertFalse(lost(few, 1, wish), "who has it lost nothing");
        }
        assertFalse(lost(few, 0, space.exact("quotes/B")));
        assertFalse(lost(few, 0, space.selector("books/{id}")));
        few.added(frame(3, "quotes/A"));
        assertFalse(lost(few, 0, space.exact("quotes/A")), "a newer one took its place");
    }

    private static boolean lost(TransientTopics of, int since, TopicMatcher wish) {
        return of.newestLost(new Position(0, since), new Position(0, 9),
            View.unlimited(TopicSelection.of(List.of(wish))), LogWork.UNBOUNDED);
    }

    @Test
    void afterARestartOnlyThoseWhoMayHaveLostSomethingAreToldSo() {
        for (TopicMatcher wish : List.of(space.exact("clock"), space.exact("quotes/A"), space.exact("*"),
            space.selector("quotes/{name}"), space.selector("{word}"), space.urlPattern("quotes/:name"),
            space.urlPattern("https://hub.example/.well-known/c*"), space.urlPattern("*://*/*"))) {
            assertTrue(transients.mayBeAmong(TopicSelection.of(List.of(space.exact("x"), wish))), "" + wish);
        }
        for (TopicMatcher wish : List.of(space.exact("news"), space.exact("quotes"), space.selector("/books/{id}"),
            space.selector("quotes{id}"), space.urlPattern("books/:id"),
            space.urlPattern("https://example.com/quotes/*"))) {
            assertFalse(transients.mayBeAmong(TopicSelection.of(List.of(wish))), "" + wish);
        }
    }

    /** Ten thousand of them, of 4 KiB each, were 80 MB. */
    @Test
    void topicsThatLostAnEventAreBoundedByTheirBytesAndWhatWasForgottenIsStillTold() {
        long kept = Heap.of(() -> {
            TransientTopics few = new TransientTopics(TopicList.ofNames(NAMES), 1);
            for (int i = 1; i <= 5_000; i++) {
                few.evicted(frame(i, "quotes/" + i + "x".repeat(4_000)));
            }
            assertTrue(few.lostSince(new Position(0, 1), View.unlimited(TopicSelection.ofTopics(List.of("quotes/1"))),
                LogWork.UNBOUNDED),
                "the hub does not know any more which topics lost an event so long ago");
            return few;
        });
        assertTrue(kept < 6 << 20, () -> "kept " + kept);
    }

    @Test
    void ofTopicsTenThousandAreRememberedHoweverShortTheyAre() {
        TransientTopics many = new TransientTopics(TopicList.ofNames(NAMES), 1 << 30);
        for (int i = 1; i <= 10_001; i++) {
            EventFrame frame = frame(i, "quotes/" + i);
            many.added(frame);
            assertFalse(lostSome(many), "only others have");
            many.evicted(frame);
        }
        assertEquals(10_000, many.names().size());
        assertTrue(lostSome(many), "of the first one nobody knows any more that it lost an event");
    }

    /** Whether somebody who asks for a topic that never had an event may have lost one. */
    private static boolean lostSome(TransientTopics of) {
        return of.lostSince(Position.START, View.unlimited(TopicSelection.ofTopics(List.of("quotes/none"))),
            LogWork.UNBOUNDED);
    }

    private EventFrame publish(int n, String topic) {
        EventFrame frame = frame(n, topic);
        transients.added(frame);
        return frame;
    }

    private static EventFrame frame(int n, String topic) {
        return new EventFrame(Event.on(topic).data("x").build(), new Position(0, n), true, "id " + n, 0);
    }

    private String newest(TopicMatcher... wishes) {
        return transients.newestOfEach(View.unlimited(TopicSelection.of(List.of(wishes))),
            LogWork.UNBOUNDED).stream()
            .map(frame -> frame.position().transients()).toList().toString();
    }
}
