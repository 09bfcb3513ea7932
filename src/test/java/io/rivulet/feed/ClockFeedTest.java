package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockFeedTest {

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.004Z");
    private final FakeHub hub = new FakeHub("clock");
    private final ClockFeed feed = new ClockFeed(hub);

    @Test
    void theTimeIsToldAsTheClassicExampleTellsIt() {
        feed.tick(NOON);
        assertNull(hub.events.get(0).type());
        assertEquals(List.of("clock"), hub.events.get(0).topics());
        assertEquals(List.of("{\"time\":\"2026-11-23T12:00:00.004Z\"}"), hub.taken());
    }

    @Test
    void theNextTickIsOnTheSecond() {
        assertEquals(Duration.ofMillis(996), feed.tick(NOON));
        assertEquals(Duration.ofMillis(300), feed.tick(NOON.plusMillis(696)));
    }

    @Test
    void aTimerThatRingsEarlyDoesNotTickItsSecondTwice() {
        assertEquals(Duration.ofMillis(1_003), feed.tick(NOON.plusMillis(993)));
    }

    @Test
    void nothingIsPublishedWhileNobodyListens() {
        hub.heard.clear();
        feed.tick(NOON);
        assertEquals(List.of(), hub.taken());
    }

    @Test
    void aTickIsSkippedWhileTheLastIsUnanswered() {
        hub.answers = false;
        feed.tick(NOON);
        feed.tick(NOON.plusSeconds(1));
        assertEquals(1, hub.taken().size());
        hub.answerAll();
        feed.tick(NOON.plusSeconds(2));
        assertEquals(List.of("{\"time\":\"2026-11-23T12:00:02.004Z\"}"), hub.taken());
    }

    @Test
    void aRefusedTickIsForgottenAndTheNextComes() {
        hub.takes = false;
        feed.tick(NOON);
        hub.takes = true;
        feed.tick(NOON.plusSeconds(1));
        assertEquals(List.of("{\"time\":\"2026-11-23T12:00:01.004Z\"}"), hub.taken());
    }
}
