package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OperatorFeedTest {

    private final FakeHub hub = new FakeHub();
    private final List<String> asked = new ArrayList<>();
    private CompletableFuture<JsonObject> answer = CompletableFuture.completedFuture(new JsonObject());
    private final OperatorFeed feed = new OperatorFeed(hub, List.of(
        new OperatorFeed.Source("rivulet/a", "a", 4, this::ask),
        new OperatorFeed.Source("rivulet/a/", "one", 1, this::ask)));

    private CompletableFuture<JsonObject> ask(String topic) {
        asked.add(topic);
        if (answer == null) {
            throw Refused.because(Refused.Reason.NOT_OPEN, "opening");
        }
        return answer;
    }

    private void tick(int times) {
        for (int i = 0; i < times; i++) {
            assertEquals(Duration.ofMillis(250), feed.tick(Instant.EPOCH));
        }
    }

    @Test
    void nobodyIsAskedWhileNobodyLooks() {
        hub.heard.add("rivulet/a/x"); // which nobody can find without the other one
        tick(20);
        assertEquals(List.of(), asked);
        assertEquals(List.of(), hub.taken());
    }

    @Test
    void whoLooksGetsThePrivateEventAtOnceAndThenInTurns() {
        hub.heard.add("rivulet/a");
        tick(1);
        assertEquals(1, hub.events.size());
        assertTrue(hub.events.get(0).isPrivate());
        assertEquals("a", hub.events.get(0).type());
        tick(3);
        assertEquals(1, asked.size());
        tick(1);
        assertEquals(List.of("rivulet/a", "rivulet/a"), asked);
        hub.heard.clear();
        tick(8);
        assertEquals(2, asked.size());
        hub.heard.add("rivulet/a");
        tick(1);
        assertEquals(3, asked.size(), "whoever comes back need not wait");
    }

    @Test
    void whoComesWhileAnotherLooksGetsItWithinASecond() {
        OperatorFeed slow = new OperatorFeed(hub, List.of(new OperatorFeed.Source("rivulet/s", "s", 40, this::ask)));
        hub.heard.add("rivulet/s");
        slow.tick(Instant.EPOCH);
        hub.namers.put("rivulet/s", 2); // a page that was loaded anew, before its old stream was found to be gone
        for (int i = 0; i < 3; i++) {
            slow.tick(Instant.EPOCH);
        }
        assertEquals(1, asked.size(), "nobody is asked more often than every second");
        slow.tick(Instant.EPOCH);
        assertEquals(2, asked.size());
        hub.namers.put("rivulet/s", 1);
        for (int i = 0; i < 20; i++) {
            slow.tick(Instant.EPOCH);
        }
        assertEquals(2, asked.size(), "who leaves asks for nothing");
        hub.namers.put("rivulet/s", 2);
        slow.tick(Instant.EPOCH);
        assertEquals(3, asked.size());
    }

    @Test
    void aHubThatDoesNotAnswerIsNotAskedAgain() {
        hub.heard.add("rivulet/a");
        answer = new CompletableFuture<>();
        tick(20);
        assertEquals(1, asked.size());
        assertEquals(List.of(), hub.taken());
        answer.complete(new JsonObject());
        tick(1);
        assertEquals(List.of("{}"), hub.taken());
    }

    @Test
    void aQuestionThatIsRefusedOrFailsIsAskedAgainInItsTurn() {
        hub.heard.add("rivulet/a");
        answer = null;
        tick(4);
        answer = CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
        tick(4);
        assertEquals(List.of(), hub.taken());
        answer = CompletableFuture.completedFuture(new JsonObject());
        tick(4);
        assertEquals(List.of("{}"), hub.taken());
        assertEquals(3, asked.size());
    }

    @Test
    void topicsBelowABeginningAreServedByTheirNamesSoManyAtMost() {
        hub.heard.add("rivulet/a");
        for (int i = 10; i < 40; i++) {
            hub.heard.add("rivulet/a/" + i);
        }
        tick(1);
        assertEquals(1 + 16, asked.size());
        assertEquals("rivulet/a/10", asked.get(1));
        assertEquals(List.of("rivulet/a/10"), hub.events.get(1).topics());
    }
}
