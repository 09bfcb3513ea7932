package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changed topics of streams that have ended may take of the memory, and for how long. */
class StreamSessionsTest {

    private final SetClock clock = new SetClock();
    private final StreamSessions sessions = new StreamSessions(clock);

    private static SubscribeRequest request(int session) {
        return new SubscribeRequest(TopicSelection.ofTopics(List.of("a")), Grant.ANONYMOUS, null, Since.LATEST,
            Duration.ofSeconds(15), false, HubScene.PLAIN, "192.0.2.1").in(String.format("%032d", session));
    }

    private SubscribeRequest changed(int session, String topic) {
        SubscribeRequest request = request(session);
        sessions.opened(request);
        SubscribeRequest changed = request.asking(TopicSelection.ofTopics(List.of(topic)));
        sessions.changed(changed);
        return changed;
    }

    @Test
    void nothingIsKeptOfStreamsThatNobodyChanged() {
        sessions.opened(request(1));
        sessions.ended(request(1));
        assertEquals(0, sessions.remembered());
    }

    @Test
    void manyThatHaveEndedTakeABoundedMemoryAndTheOldestIsForgotten() {
        String large = "x".repeat(4_000);
        for (int i = 0; i < 5_000; i++) {
            sessions.ended(changed(i, large + i));
        }
        assertTrue(sessions.remembered() > 100, sessions.remembered() + " are remembered");
        assertTrue(sessions.remembered() * 4_000L <= 4 << 20, sessions.remembered() + " of 4 KB");
        assertEquals(List.of("a"), List.copyOf(sessions.found(request(0)).topics().exact()));
        assertEquals(List.of(large + 4_999), List.copyOf(sessions.found(request(4_999)).topics().exact()));
    }

    @Test
    void theyAreForgottenAfterFiveMinutesAndWhileOneIsOpenNever() {
        sessions.ended(changed(1, "b"));
        SubscribeRequest open = changed(2, "c");
        clock.advanceMs(StreamSessions.KEPT_MS);
        assertEquals(List.of("a"), List.copyOf(sessions.found(request(1)).topics().exact()));
        assertSame(open.topics(), sessions.found(request(2)).topics());
        assertEquals(1, sessions.remembered());
        sessions.ended(open);
        clock.advanceMs(StreamSessions.KEPT_MS);
        sessions.found(request(3));
        assertEquals(0, sessions.remembered());
    }
}
