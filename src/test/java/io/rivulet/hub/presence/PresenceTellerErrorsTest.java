package io.rivulet.hub.presence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.StreamWatcher.Watched;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An Error at any point of the thread that tells of subscriptions: their list and their last events still agree. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class PresenceTellerErrorsTest {

    private static final String TELLER = "rivulet-presence";

    private static Watched begin(Presence presence, int n) {
        return presence.began(new SubscribeRequest(TopicSelection.ofTopics(List.of("a" + n, "b" + n)), Grant.ANONYMOUS,
            null, Since.LATEST, Duration.ofSeconds(15), false, HubScene.MERCURE, "192.0.2.1"), Grant.ANONYMOUS,
            "urn:uuid:" + n, StartPoint.LIVE);
    }

    private static boolean isLast(Queue<Event> told, String topic, boolean active) {
        String last = "";
        for (Event event : told) {
            String data = new String(event.data(), StandardCharsets.UTF_8);
            last = data.contains("\"match\":\"" + topic + "\"") ? data : last;
        }
        return last.contains("\"active\":" + active);
    }

    /** Three faults in a row, so that the handling of one meets the next. */
    @Test
    void whatIsToldAgreesWithTheListWhateverTheTellerMeets() throws Exception {
        Presence presence = new Presence(true, "/.well-known/mercure", new SetClock());
        Queue<Event> told = new ConcurrentLinkedQueue<>();
        PresenceTeller teller = new PresenceTeller(presence, events -> {
            told.addAll(events);
            return CompletableFuture.completedFuture(List.of());
        });
        presence.open(TailRing.of(1 << 20, Position.START, "id", gone -> { }), teller::changed);
        presence.touched();
        teller.start();
        try (Quiet quiet = new Quiet()) {
            begin(presence, 0);
            Await.until("the first to be told", () -> isLast(told, "b0", true));
            boolean thrown = true;
            for (int n = 1; thrown; n += 2) {
                int number = n;
                try (FaultSwitch faults = FaultSwitch.at(n, 3, FaultSwitch.named(TELLER),
                    () -> new OutOfMemoryError("made by the test"))) {
                    Watched one = begin(presence, n);
                    awaitTold(teller, told, number, true);
                    one.ended();
                    awaitTold(teller, told, number, false);
                    thrown = faults.hasThrown();
                }
                told.clear();
                assertTrue(n < 2_000, "it ends");
            }
        } finally {
            teller.close(5_000);
        }
    }

    private static void awaitTold(PresenceTeller teller, Queue<Event> told, int n, boolean active) {
        Await.until("both subscriptions of " + n + " to be told, active: " + active, () -> {
            if (isLast(told, "a" + n, active) && isLast(told, "b" + n, active)) {
                return true;
            }
            teller.tick();
            return false;
        });
    }
}
