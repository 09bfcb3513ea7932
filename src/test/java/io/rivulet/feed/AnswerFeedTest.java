package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The text that is written word by word for whoever asks. */
class AnswerFeedTest {

    private final FakeHub hub = new FakeHub();
    private final AnswerFeed feed = new AnswerFeed(hub);

    @Test
    void nothingIsWrittenBeforeSomebodyAsks() {
        Duration idle = tick();
        assertEquals(List.of(), hub.events);
        ask("r1");
        assertTrue(tick().compareTo(idle) < 0);
        assertEquals("answers/r1", hub.events.get(0).topics().get(0));
        assertEquals("This ", hub.events.get(0).text());
    }

    @Test
    void theWordsAreTheTextWhichSaysThatItIsMadeUpAndTheLastOneEndsIt() {
        ask("r1");
        while (hub.events.isEmpty() || hub.events.get(hub.events.size() - 1).end() == null) {
            tick();
        }
        String text = String.join("", hub.events.stream().map(Event::text).toList());
        assertTrue(text.startsWith("This text is made up."), text);
        assertTrue(text.length() > 1_000, text);
        assertTrue(text.contains(".\n\nReload"), "paragraphs are kept");
        assertEquals(1, hub.events.stream().filter(event -> event.end() != null).count());
        assertEquals(TopicEnd.FINISHED, hub.events.get(hub.events.size() - 1).end());
        int all = hub.events.size();
        tick();
        tick();
        assertEquals(all, hub.events.size());
        assertFalse(hub.cancels.containsKey("answers/r1"));
    }

    @Test
    void aCancelIsItsLastWord() {
        ask("r1");
        tick();
        hub.cancels.get("answers/r1").run();
        tick();
        Event last = hub.events.get(1);
        assertEquals(AnswerFeed.STOPPED, last.text());
        assertEquals(TopicEnd.FINISHED, last.end());
        tick();
        assertEquals(2, hub.events.size());
    }

    @Test
    void aWordWaitsForTheAnswerToTheOneBefore() {
        hub.answers = false;
        ask("r1");
        tick();
        tick();
        assertEquals(1, hub.events.size());
        hub.answerAll();
        tick();
        assertEquals(2, hub.events.size());
        assertNull(hub.events.get(1).end());
    }

    @Test
    void whatTheHubRefusesIsItsEnd() {
        hub.takes = false;
        ask("r1");
        tick();
        tick();
        hub.takes = true;
        tick();
        assertEquals(List.of(), hub.events);
        assertFalse(hub.cancels.containsKey("answers/r1"));
    }

    @Test
    void runsAreFewAndNamesArePlain() {
        for (String name : List.of("", "ask", "a/b", "*", "a b", "x".repeat(65))) {
            ask(name);
            tick();
        }
        assertEquals(List.of(), hub.events);
        for (int i = 0; i < 2 * AnswerFeed.RUNS_MAX; i++) {
            ask("r" + i);
            ask("r" + i);
        }
        tick();
        ask("late");
        tick();
        assertEquals(2, hub.events.stream().filter(event -> event.topics().contains("answers/r0")).count());
        assertTrue(hub.cancels.size() <= AnswerFeed.RUNS_MAX, hub.cancels.toString());
        feed.close();
        assertEquals(0, hub.cancels.size());
    }

    private Duration tick() {
        return feed.tick(Instant.EPOCH);
    }

    private void ask(String name) {
        hub.watched.get(AnswerFeed.ASK).accept(Event.on(AnswerFeed.ASK).data(name).build());
    }
}
