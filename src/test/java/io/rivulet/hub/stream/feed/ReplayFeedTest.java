package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.MemoryEventLog;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A replay asks readers for what is in the log and what was lost; an answer under another grant does not count. */
class ReplayFeedTest {

    private final TransientTopics transients = new TransientTopics(TopicList.ofNames(List.of("t/*")), 1_000);
    private final TailRing ring = TailRing.of(1_000, Position.START, "start", transients::evicted);
    private final SetClock clock = new SetClock();
    private final Round round = new Round(clock::nanos, clock, () -> 0, Position.START, "start");
    private final Turn turn = new Turn(new FeedSources(ring, transients, null, null, new ReadBudget(1 << 20),
        GoLive.EXACT), round, new WriteBudget(1 << 20), new ConflationBudget(10_000, 1 << 20));
    private final Cursor cursor = new Cursor();
    private final Reader reader = new Reader();

    /** A stream of everything that its grant shows. */
    private static final class Reader implements StreamView {
        private TopicSelection topics = TopicSelection.ofTopics(List.of("*"));
        private Grant grant = HubScene.grant("reader", GrantedTopics.NONE);

        @Override
        public TopicSelection topics() {
            return topics;
        }

        @Override
        public Variant variant() {
            return Variant.PLAIN;
        }

        @Override
        public Grant grant() {
            return grant;
        }
    }

    private static EventFrame frame(int place, boolean isPrivate) {
        return new EventFrame(Event.on("t").data("event " + place).markPrivate(isPrivate).build(),
            Position.ofDurable(place), false, "id" + place, 0);
    }

    /** The ring has forgotten the first of these. */
    private void publish(int events) {
        for (int i = 1; i <= events; i++) {
            EventFrame frame = frame(i, false);
            ring.add(frame);
            round.offered(frame);
            round.dispatched(ring.head());
        }
    }

    private Outcome ask(Feed feed) {
        turn.begin();
        return feed.next(turn);
    }

    private void publishTransient(int n) {
        EventFrame frame = new EventFrame(Event.on("t/" + n).data("x".repeat(100)).build(),
            new Position(100, n), true, "transient" + n, 0);
        ring.add(frame);
        transients.added(frame);
        round.offered(frame);
        round.dispatched(ring.head());
    }

    private Outcome answered(ReplayFeed feed, HistoryRead.Result result) throws InterruptedException {
        return feed.answered(turn, result, turn.readBudget().acquire(result.bytes()));
    }

    private static HistoryRead.Result found(List<EventFrame> frames, int upTo) {
        return new HistoryRead.Result(frames, Position.ofDurable(upTo), 0, null, null, null, false);
    }

    @Test
    void aStretchInWhichNothingWasFoundIsReadAgainUnderAFreshGrant() throws Exception {
        publish(100);
        ReplayFeed feed = new ReplayFeed(reader, cursor, StreamWatcher.Watched.NOWHERE, 0);
        assertEquals(Outcome.ASKS, ask(feed));
        assertEquals(Outcome.TURN, answered(feed, found(List.of(), 2))); // two private ones are there
        reader.grant = HubScene.grant("reader", GrantedTopics.ALL);
        feed.examineAgain(turn);
        assertEquals(Outcome.ASKS, ask(feed), "it asks for the same stretch");
        assertEquals(Position.START, cursor.seen());
        answered(feed, found(List.of(frame(1, true), frame(2, true)), 2));
        assertEquals(Outcome.WRITE, ask(feed));
        assertEquals(2, turn.delivery().events());
        assertEquals(Position.ofDurable(2), cursor.seen());
    }

    @Test
    void withoutAFreshGrantThatStretchIsPassed() throws Exception {
        publish(100);
        ReplayFeed feed = new ReplayFeed(reader, cursor, StreamWatcher.Watched.NOWHERE, 0);
        ask(feed);
        answered(feed, found(List.of(), 2));
        assertEquals(Outcome.TURN, ask(feed));
        assertEquals(Position.ofDurable(2), cursor.seen());
    }

    /** A stream that has got everything up to transient event {@code n}, and then came back. */
    private ReplayFeed cameBackAfter(int n, String... patterns) {
        TopicSpace space = TopicSpace.of("http://localhost/.well-known/mercure");
        reader.topics = TopicSelection.of(Stream.of(patterns).map(space::urlPattern).toList());
        cursor.mayLoseFrom(new Position(100, n));
        cursor.examined(ring.floor());
        return new ReplayFeed(reader, cursor, StreamWatcher.Watched.NOWHERE, 0);
    }

    @Test
    void whetherPatternsLostSomethingIsFoundOutOnAReaderThreadInSlices() throws Exception {
        publish(100);
        for (int n = 1; n <= 60; n++) {
            publishTransient(n);
        }
        ReplayFeed feed = cameBackAfter(2, "/:a((?:.?){300}!)", "/.well-known/t/20");
        assertEquals(Outcome.ASKS, ask(feed));
        assertEquals(0, turn.stepsTaken(), "steps on the shard's thread");
        assertEquals(Outcome.LOG, ask(feed));
        int[] slices = new int[1];
        HistoryRead.Result answer = turn.question().ask(new LogWork() {
            @Override
            protected void sliceEnds(long taken) {
                slices[0]++;
            }
        });
        assertTrue(slices[0] > 0, "others go first in between");
        assertEquals(Outcome.TURN, answered(feed, answer));
        assertEquals(Outcome.LOST, ask(feed));
        assertTrue(turn.loss().isTransient());
        assertEquals(Outcome.CAUGHT_UP, askUntilDone(feed), "it is told once");
    }

    @Test
    void whoAskedForNothingThatWasLostIsToldOfNothingAndWhoCouldNotHaveLostAnythingDoesNotAsk() throws Exception {
        publish(100);
        for (int n = 1; n <= 60; n++) {
            publishTransient(n);
        }
        ReplayFeed feed = cameBackAfter(2, "/.well-known/others/*");
        assertEquals(Outcome.ASKS, ask(feed));
        assertEquals(Outcome.TURN, answered(feed, turn.question().ask(LogWork.UNBOUNDED)));
        assertEquals(Outcome.CAUGHT_UP, askUntilDone(feed));
        cursor.mayLoseFrom(cursor.seen());
        assertEquals(Outcome.CAUGHT_UP, askUntilDone(feed), "nothing left the ring after that");
    }

    @Test
    void aFreshGrantAsksAgainWhatWasLost() throws Exception {
        publish(100);
        for (int n = 1; n <= 60; n++) {
            publishTransient(n);
        }
        ReplayFeed feed = cameBackAfter(2, "/.well-known/t/20");
        ask(feed);
        feed.examineAgain(turn);
        assertEquals(Outcome.TURN, answered(feed, turn.question().ask(LogWork.UNBOUNDED)));
        assertEquals(Outcome.ASKS, ask(feed));
    }

    private Outcome askUntilDone(Feed feed) {
        Outcome outcome = Outcome.TURN;
        while (outcome == Outcome.TURN || outcome == Outcome.WRITE) {
            outcome = ask(feed);
        }
        return outcome;
    }

    /** A socket that is mostly full takes little of what was read, and the rest is read once more. */
    @Test
    void aStreamWhoseSocketWasFullIsReadLittleUntilThatHasTakenMuch() throws Exception {
        MemoryEventLog log = new MemoryEventLog(clock);
        for (int i = 0; i < 100; i++) {
            log.append(List.of(new LogRecord(Event.on("t").data("x".repeat(1_000)).build(), null)));
        }
        publish(100);
        Turn of = new Turn(new FeedSources(ring, transients, new HistoryRead(log, transients), null,
            new ReadBudget(1 << 20), GoLive.EXACT), round, new WriteBudget(1 << 20),
            new ConflationBudget(10_000, 1 << 20));
        assertTrue(readAtOnce(of) > 80);
        cursor.socketFull();
        assertTrue(readAtOnce(of) < 40);
        cursor.wrote();
        cursor.wrote();
        assertTrue(readAtOnce(of) > 80);
    }

    private int readAtOnce(Turn of) throws IOException {
        of.begin();
        assertEquals(Outcome.ASKS, new ReplayFeed(reader, cursor, StreamWatcher.Watched.NOWHERE, 0).next(of));
        return of.question().ask(LogWork.UNBOUNDED).frames().size();
    }
}
