package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.TopicEnd;
import io.rivulet.hub.Alarms;
import io.rivulet.hub.TopicWatches.Stop;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** What a source gives piece by piece, in front of a hub whose answers and whose time the test has in its hand. */
class TopicPublisherTest {

    private static final String TOPIC = "run/42";

    private final List<String> published = new ArrayList<>();
    private final Deque<CompletableFuture<List<String>>> asked = new ArrayDeque<>();
    private final Deque<Reason> refusals = new ArrayDeque<>();
    private Refused refused;
    private final Time time = new Time();
    private final Source source = new Source();
    private final TopicPublisher publisher = new TopicPublisher(TOPIC, this::publish, time, 1_000);

    @Test
    void eachPieceIsAnEventInItsOrderAndTheLastOneEndsTheTopic() {
        give("a");
        answer();
        give("b");
        answer();
        give("c");
        publisher.onComplete();
        answer();
        assertEquals(List.of("a", "b", "c", "!"), published);
        answer();
        assertEquals("id4", publisher.ended().join());
    }

    @Test
    void dataAndEndAreOneEventWhereTheLastPieceStillWaits() {
        give("a", "b", "c");
        publisher.onComplete();
        answer();
        answer();
        assertEquals(List.of("a", "b+c!"), published);
        assertTrue(publisher.ended().isDone());
    }

    @Test
    void oneIsOnItsWayAtATimeSoNothingCanBeMissingBeforeWhatWasPublished() {
        give("a", "b", "c");
        assertEquals(List.of("a"), published);
        answer();
        give("d");
        assertEquals(List.of("a", "b+c"), published);
        answer();
        assertEquals(List.of("a", "b+c", "d"), published);
    }

    @Test
    void piecesThatComeWithinTheTimeAreOneEvent() {
        publisher.join(Duration.ofMillis(20), 512);
        give("a", "b", "c");
        assertEquals(List.of(), published);
        time.pass(19);
        assertEquals(List.of(), published);
        time.pass(1);
        assertEquals(List.of("abc"), published);
        give("d");
        publisher.onComplete();
        answer();
        assertEquals(List.of("abc", "d!"), published);
        assertEquals(0, time.set());
    }

    @Test
    void whatIsMoreThanTheBytesIsTheNextEvent() {
        publisher.join(Duration.ofMillis(20), 5);
        give("abc", "dé", "f", "too long", "g");
        answer();
        assertEquals(List.of("abc", "déf+too long"), published, "6 bytes are more than 5, and é has two");
        time.pass(20);
        answer();
        assertEquals("g", published.get(2));
    }

    @Test
    void aCharacterThatWasCutIntoTwoPiecesIsWhole() {
        give("a\ud83d", "\ude00b");
        answer();
        assertEquals(List.of("a", "\ud83d\ude00b"), published);
    }

    @Test
    void aSourceIsAskedForSomePiecesAndForAsManyMoreAsWerePublished() {
        publisher.onSubscribe(source);
        assertEquals(64, source.requested);
        give("a", "b", "", "c");
        assertEquals(65, source.requested, "an empty piece is none");
        answer();
        assertEquals(66, source.requested);
        answer();
        assertEquals(68, source.requested);
    }

    @Test
    void aSecondSourceIsNotWanted() {
        Source second = new Source();
        publisher.onSubscribe(source);
        publisher.onSubscribe(second);
        assertTrue(second.cancelled);
        assertFalse(source.cancelled);
    }

    @Test
    void aSourceThatDoesNotWaitToBeAskedEndsWhenItIsTooFarAhead() {
        publisher.sayOnError(failure -> "cut");
        String piece = "x".repeat(TopicPublisher.AHEAD_BYTES_MAX / 4);
        give("first", piece, piece, piece, piece);
        answer();
        answer();
        assertEquals(List.of("first", "cut?"), published);
        assertEquals(RivuletException.Kind.TRY_AGAIN, failure().kind());
        give("more");
        assertEquals(2, published.size());
    }

    @Test
    void whatTheHubCannotTakeNowIsOfferedAgainInItsOrder() {
        refusals.add(Reason.OVERLOADED);
        refusals.add(Reason.NOT_OPEN);
        give("a", "b");
        publisher.onComplete();
        assertEquals(List.of(), published);
        time.pass(100);
        time.pass(100);
        answer();
        answer();
        assertEquals(List.of("a", "b!"), published);
    }

    @Test
    void afterHalfAMinuteItGivesUp() {
        publisher.onSubscribe(source);
        for (int i = 0; i <= TopicPublisher.TRIES; i++) {
            refusals.add(Reason.NOT_OPEN);
        }
        give("a");
        for (int i = 0; i < TopicPublisher.TRIES; i++) {
            assertFalse(source.cancelled);
            time.pass(100);
        }
        assertTrue(source.cancelled);
        answer();
        assertEquals(List.of("?"), published, "the hub is back, and readers need not wait");
        assertEquals(RivuletException.Kind.TRY_AGAIN, failure().kind());
    }

    @Test
    void whatIsRefusedForGoodEndsTheTopicAndTheSource() {
        publisher.onSubscribe(source);
        publisher.sayOnError(why -> "sorry: " + why.getMessage());
        refusals.add(Reason.TOO_LARGE);
        give("a");
        answer();
        assertEquals(List.of("sorry: TOO_LARGE?"), published);
        assertTrue(source.cancelled);
        assertEquals(RivuletException.Kind.INVALID, failure().kind());
    }

    @Test
    void aFailureOfTheSourceIsTheLastWordBehindAllThatItGave() {
        publisher.sayOnError(why -> why.getMessage());
        give("a", "b");
        publisher.onError(new IllegalStateException("the model is tired"));
        answer();
        answer();
        assertEquals(List.of("a", "b+the model is tired?"), published);
        assertEquals("id2", publisher.ended().join());
    }

    @Test
    void aCancelReachesTheSourceAndWhatWaitsIsNotPublished() {
        publisher.onSubscribe(source);
        publisher.sayOnCancel("stopped");
        give("a", "b");
        publisher.stopped(Stop.CANCELLED);
        assertTrue(source.cancelled);
        give("c");
        publisher.onComplete();
        answer();
        answer();
        assertEquals(List.of("a", "stopped!"), published);
        assertTrue(publisher.ended().isDone());
    }

    @Test
    void anEndByAnotherReachesTheSource() {
        publisher.onSubscribe(source);
        give("a");
        answer();
        publisher.stopped(Stop.ENDED);
        assertTrue(source.cancelled);
        give("b");
        publisher.onComplete();
        assertEquals(List.of("a"), published);
        assertTrue(failure().getMessage().contains("ended"));
    }

    @Test
    void whereTheHubSaysThatTheTopicHasEndedNothingMoreIsTried() {
        publisher.onSubscribe(source);
        refusals.add(Reason.ENDED);
        give("a");
        assertTrue(source.cancelled);
        assertEquals(List.of(), published);
        assertEquals(RivuletException.Kind.ENDED, failure().kind());
    }

    @Test
    void aPieceThatIsRefusedBecauseSomebodyWantsTheEndIsFollowedByTheLastWord() {
        publisher.onSubscribe(source);
        publisher.sayOnCancel("stopped");
        give("a", "b");
        publisher.onComplete();
        refused = Refused.because(Reason.ENDED, "cancelled").with("cancelled", true);
        answer();
        assertTrue(source.cancelled);
        answer();
        publisher.stopped(Stop.CANCELLED);
        assertEquals(List.of("a", "stopped!"), published);
        assertTrue(publisher.ended().isDone());
    }

    @Test
    void anEndOfItsOwnIsNoStop() {
        give("a");
        publisher.onComplete();
        publisher.stopped(Stop.ENDED);
        answer();
        answer();
        assertEquals("id2", publisher.ended().join());
    }

    @Test
    void theHubsEndIsOneForTheSourceToo() {
        publisher.onSubscribe(source);
        publisher.stopped(Stop.CLOSED);
        assertTrue(source.cancelled);
        assertTrue(failure().getMessage().contains("closing"));
    }

    @Test
    void whatItHoldsIsGivenBackOnce() {
        int[] times = {0};
        publisher.whenOver(() -> times[0]++);
        give("a");
        publisher.onComplete();
        answer();
        answer();
        publisher.stopped(Stop.CLOSED);
        assertEquals(1, times[0]);
    }

    @Test
    void messagesHaveTheirOwnTypeAndStandBetweenThePieces() {
        publisher.type("piece").asPrivate().join(Duration.ofMillis(20), 512);
        Flow.Subscriber<Message> messages = publisher.messages();
        give("a");
        messages.onNext(Message.on(TOPIC, "m").type("tool").alsoOn("tools"));
        give("b");
        messages.onComplete();
        answer();
        answer();
        assertEquals(List.of("a(piece)#+m(tool)", "b(piece)#!"), published);
    }

    @Test
    void anEndHasOneTopicSoAMessageOfTwoIsNone() {
        publisher.messages().onNext(Message.on(TOPIC, "m").alsoOn("tools"));
        publisher.onComplete();
        answer();
        assertEquals(List.of("m", "!"), published);
    }

    @Test
    void theEndIsOfItsTopicWhateverTheLastMessageIsOf() {
        publisher.messages().onNext(Message.on("tools", "m"));
        publisher.onComplete();
        answer();
        assertEquals(List.of("m", "!"), published);
    }

    @Test
    void eachOfItsEventsHasTheLease() {
        publisher.lease(Duration.ofSeconds(30));
        give("a");
        publisher.onComplete();
        answer();
        assertEquals(List.of("a@30", "@30!"), published);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertThrows(RivuletException.class, () -> publisher.lease(Duration.ofMillis(999)));
        assertThrows(IllegalArgumentException.class, () -> publisher.join(Duration.ofMillis(-1), 1));
        assertThrows(IllegalArgumentException.class, () -> publisher.join(Duration.ofMinutes(2), 1));
        assertThrows(IllegalArgumentException.class, () -> publisher.join(Duration.ofMillis(20), 0));
        assertThrows(NullPointerException.class, () -> publisher.onNext(null));
    }

    private void give(String... pieces) {
        for (String piece : pieces) {
            publisher.onNext(piece);
        }
    }

    private RivuletException failure() {
        return assertInstanceOf(RivuletException.class,
            assertThrows(CompletionException.class, () -> publisher.ended().join()).getCause());
    }

    private CompletableFuture<List<String>> publish(List<Message> messages, String key) {
        if (refused != null) {
            Refused once = refused;
            refused = null;
            throw RivuletException.of(once);
        }
        if (!refusals.isEmpty()) {
            throw RivuletException.of(Refused.because(refusals.peek(), refusals.poll().name()));
        }
        published.add(String.join("+", messages.stream().map(TopicPublisherTest::text).toList()));
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private static String text(Message message) {
        return message.data() + (message.type() == null ? "" : "(" + message.type() + ")")
            + (message.isPrivate() ? "#" : "") + (message.lease() == null ? "" : "@" + message.lease().toSeconds())
            + (!message.isEnd() ? "" : message.end() == TopicEnd.ABANDONED ? "?" : "!");
    }

    /** The hub answers the publish that is on its way. */
    private void answer() {
        asked.remove().complete(List.of("id" + published.size()));
    }

    /** A source's side of the subscription. */
    private static final class Source implements Flow.Subscription {
        private long requested;
        private boolean cancelled;

        @Override
        public void request(long n) {
            requested += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** A clock that the test turns. */
    private static final class Time implements Alarms {
        private final List<Task> tasks = new ArrayList<>();
        private long nowMs;

        private record Task(long dueMs, Runnable task) {
        }

        @Override
        public Runnable after(Duration time, Runnable task) {
            Task set = new Task(nowMs + time.toMillis(), task);
            tasks.add(set);
            return () -> tasks.remove(set);
        }

        void pass(long millis) {
            nowMs += millis;
            List<Task> due = tasks.stream().filter(task -> task.dueMs <= nowMs).toList();
            tasks.removeAll(due);
            due.forEach(task -> task.task.run());
        }

        int set() {
            return tasks.size();
        }
    }
}
