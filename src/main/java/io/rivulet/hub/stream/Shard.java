package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.stream.feed.ConflatingFeed;
import io.rivulet.hub.stream.feed.ConflationBudget;
import io.rivulet.hub.stream.feed.Delivery;
import io.rivulet.hub.stream.feed.Examination.Answer;
import io.rivulet.hub.stream.feed.Feed;
import io.rivulet.hub.stream.feed.FillFeed;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.LiveChecks;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Outcome;
import io.rivulet.hub.stream.feed.RateQueue;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.stream.feed.Turn;
import io.rivulet.hub.stream.feed.WriteBudget;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.metrics.Metrics.Sample;
import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fan-out thread and its streams: the loop that decides. {@link FanOut} gives it streams; any thread may post to
 * it, and everything else runs on its own thread. It takes no lock and touches no disk.
 *
 * <p>A round is: mail for at most 2 ms, one batch from the ring, one write for each stream that the batch concerns,
 * then at most 2 ms for streams that are behind. It asks the {@link Feed} of a stream for the next bytes, writes them,
 * and replaces the feed. Nobody else does: so one method, {@link #write}, decides on the order of a stream.
 */
public final class Shard implements StreamOwner<Subscriber>, ShardThread.Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int BATCH_MAX = 1024;

    private final ShardSetup setup;
    private final TailRing ring;
    private final ShardThread thread;
    private final Round round;
    private final Turn turn;
    private final LiveChecks checks;
    private final UnsentBytes unsent;
    private final ShardStreams streams = new ShardStreams();
    private final CatchUp catchUp;
    private final RateQueue<Subscriber> rateQueue;
    private final EndSchedule endSchedule;
    private final Stalls stalls;
    private final Heartbeat heartbeat;
    private final LagMeter lagMeter;
    private final Lifecycle lifecycle;
    private final StreamChange streamChange;
    private final List<Subscriber> dirty = new ArrayList<>();
    private final TopicEnds topicEnds;
    private final Consumer<Subscriber> offer = s -> offer(s, Answer.YES);
    private final Consumer<Subscriber> offerUntried = s -> offer(s, Answer.LATER);

    /** A stream that failed and is not ended yet, and what it met; null for none, as mostly. */
    private Subscriber broken;
    private Throwable brokenBy;
    private EventFrame offering;
    private long offeringSequence;

    /** A shard without streams, whose thread is not started yet. */
    public Shard(ShardSetup setup, int number) {
        this.setup = setup;
        this.ring = setup.sources().ring();
        this.round = new Round(setup.nanos(), setup.clock(), () -> setup.log().range().bytesAppended(), setup.start(),
            setup.startId());
        WriteBudget budget = new WriteBudget(setup.writeBytes());
        this.turn = new Turn(setup.sources(), round, budget,
            new ConflationBudget(setup.conflateTopicsMax(), setup.conflateBytes()));
        this.checks = turn.live();
        this.unsent = new UnsentBytes(round, budget);
        this.catchUp = new CatchUp(setup.nanos(), () -> ring.head() != round.dispatched(), this::serveInTurn,
            new Courtesy(setup.nanos(), Courtesy.ofThreads()));
        this.rateQueue = new RateQueue<>(setup.nanos());
        this.endSchedule = new EndSchedule(setup.stallNs(), round);
        this.topicEnds = new TopicEnds(setup.readers(), setup.ended(), streams, this);
        this.lifecycle = new Lifecycle(setup, streams, round, turn, unsent, endSchedule, this::serve, this::failed);
        this.streamChange = new StreamChange(setup, streams, round, unsent);
        this.stalls = new Stalls(round, budget, setup.metrics(), setup.stallNs(), this::remove, catchUp::add);
        this.heartbeat = new Heartbeat(setup.cursors(), unsent, round, this::serve, this::failed,
            s -> remove(s, EndReason.LEFT));
        this.lagMeter = new LagMeter(ring, round);
        this.thread = new ShardThread("rivulet-shard-" + number, this, setup.nanos());
    }

    // ---- any thread

    /** Starts its thread. */
    public void start() {
        thread.start();
    }

    @Override
    public void post(Runnable work) {
        thread.post(work);
    }

    @Override
    public void post(Subscriber s, Runnable work) {
        thread.post(lifecycle.about(s, work));
    }

    /** There may be something new in the ring. */
    void wake() {
        thread.wake();
    }

    /** Events are about to stand in the ring, in order since then. */
    void expect(long sinceNs) {
        round.expect(sinceNs);
    }

    /** Streams it has or is about to have. */
    AtomicInteger assigned() {
        return streams.assigned();
    }

    /** A stream that was to be given to it does not come. */
    public void unassign() {
        streams.assigned().decrementAndGet();
    }

    /** The ring's sequence up to which every stream has been served. */
    long dispatched() {
        return round.dispatched();
    }

    /** Ends every stream after telling it when to come back, then the thread; waits at most {@code millis}. */
    public void close(long millis) throws InterruptedException {
        thread.close(millis);
    }

    /** The same without waiting. */
    public void end() {
        thread.end();
    }

    @Override
    public void answer(Runnable tell) {
        setup.answer(tell);
    }

    // ---- the shard's thread: rounds

    @Override
    public void beginRound() {
        round.begin();
        checks.newRound();
        streams.newRound();
        endSchedule.look(streams.list(), (s, sinceNs, why) -> lifecycle.close(heartbeat.lastWord(s, why), sinceNs, why),
            lifecycle::tellExpiring);
    }

    @Override
    public boolean work() {
        return dispatch() | callThoseDue() | catchUp.round();
    }

    @Override
    public boolean hasWork() {
        return ring.head() != round.dispatched() || catchUp.isBusy() || rateQueue.untilDueNs() <= 0;
    }

    @Override
    public long untilDueNs() {
        return Math.min(rateQueue.untilDueNs(), catchUp.untilDueNs());
    }

    /** Offers a batch of new events to the streams that asked for them, then writes each stream once. */
    private boolean dispatch() {
        long head = ring.head();
        long from = round.dispatched();
        if (from == head) {
            return false;
        }
        long since = round.takeExpected();
        long to = Math.min(head, from + BATCH_MAX);
        for (long sequence = from + 1; sequence <= to; sequence++) {
            offering = ring.get(sequence);
            if (offering == null) {
                return false; // only while the hub closes does the ring not wait for the shards
            }
            offeringSequence = sequence;
            streams.forEach(offering, offer, offerUntried);
            topicEnds.offered(offering);
        }
        round.offered(offering);
        for (int i = 0; i < dirty.size(); i++) {
            Subscriber s = dirty.get(i);
            s.clearDirty();
            serve(s);
        }
        dirty.clear();
        turn.batches().newRound();
        round.dispatched(to); // only now may the ring evict them
        long written = turn.delivery().countLive(setup.metrics());
        if (since != 0 && written > 0) {
            setup.metrics().sample(Sample.DELIVERY, round.nowNs() - since, written);
        }
        return true;
    }

    /**
     * Offers one event to one stream: it joins the backlog of a live one, or the window of one that conflates. One that
     * has asked for it "later", since its patterns cost too much to try now, finds out in its own turns.
     */
    private void offer(Subscriber s, Answer asked) {
        Feed feed = s.feed();
        boolean gathers = feed instanceof ConflatingFeed conflating && conflating.follows();
        if (!(feed instanceof LiveFeed) && !gathers || s.wasOffered(offeringSequence)
            || !s.cursor().isBefore(offering.position())) {
            return; // offered already, by another topic or by a round that failed and is made again
        }
        Answer may = offering.isPrivate() ? checks.maySee(s, offering) : Answer.YES;
        boolean isForIt = may == Answer.YES && asked == Answer.YES;
        if (may == Answer.NO) {
            s.offered(offeringSequence); // whatever else it asked for
        } else if (isForIt && feed instanceof LiveFeed live
            && live.take(offeringSequence, offering, setup.backlogMax())) {
            if (!s.isDirty()) {
                dirty.add(s); // first: one that is marked and not in the list would never be served
                s.markDirty();
            }
        } else {
            if (feed instanceof LiveFeed live) {
                fallBehind(s, live); // its backlog is full, or it takes too many steps to tell whether it is for it
            }
            if (s.feed() instanceof ConflatingFeed conflating && conflating.follows()) {
                conflating.gather(turn, offering, isForIt);
            }
        }
        s.offered(offeringSequence); // last: what failed is offered again
    }

    /** Puts streams whose rate has room again into the queue; false when there is none. */
    private boolean callThoseDue() {
        boolean some = false;
        for (Subscriber s = rateQueue.due(); s != null; s = rateQueue.due()) {
            some = true;
            if (s.stage() == Subscriber.Stage.BEHIND) {
                catchUp.add(s);
            }
            rateQueue.takeDue();
        }
        setup.metrics().add(Count.CONFLATED, turn.conflation().takeConflated());
        return some;
    }

    /** Heartbeats, cursors and stalls; posted by the ticker, which so also wakes it for ends that are due. */
    public void tick() {
        stalls.tick(streams.list());
        turn.batches().tick();
        heartbeat.tick(streams.list());
    }

    // ---- the shard's thread: one stream
    @Override
    public void serve(Subscriber s) {
        serve(s, false);
    }

    /** The turn of a stream that is behind; returns the steps that it took. */
    private long serveInTurn(Subscriber s) {
        if (s.hasLeft()) { // a post that failed may have told nobody
            remove(s, s.ending());
            return 0;
        }
        long before = turn.stepsTaken();
        turn.begin();
        serve(s, true);
        return turn.stepsTaken() - before;
    }

    /** Writes the next bytes of a stream; a fault costs this stream only. */
    private void serve(Subscriber s, boolean itsTurn) {
        if (broken != null) {
            failed(broken, brokenBy);
        }
        try {
            boolean ready = write(s, itsTurn);
            if (s.isEnded()) {
                return;
            }
            unsent.noted(s, ready);
            if (!ready) {
                socketFull(s);
            }
            if (s.feed() != null && (s.feed().hasWork() || s.awaitsDispatch(round))) {
                catchUp.add(s);
            }
        } catch (RuntimeException | Error e) {
            broken = s; // first, and by nothing that could fail itself
            brokenBy = e;
            failed(s, e);
        }
    }

    /**
     * Ends a stream that failed. Its feed may have given up events that were not written, so it must never be served
     * again; where even this fails, it is done before the next stream is served.
     */
    private void failed(Subscriber s, Throwable e) {
        FaultLog.tell(LOG, "Stream {} failed and is ended", s.connection(), e);
        remove(s, EndReason.FAULT);
        broken = null;
    }

    /**
     * Writes as far as the stream's socket takes it; returns whether it takes more. This is the one place that decides
     * on the order of a stream: first the hub's own bytes, then the farewell of a stream that ends, then events. A
     * stream that is behind gets one write when it is its turn, and else waits for that.
     */
    private boolean write(Subscriber s, boolean itsTurn) {
        boolean mayFeed = itsTurn;
        if (itsTurn && s.feed() != null) {
            s.feed().work(turn);
        }
        while (!s.isEnded() && s.outlet().isReady()) {
            if (s.hasHubBytes()) {
                unsent.write(s, s.takeHubBytes());
            } else if (s.isEnding()) {
                unsent.sayFarewell(s, setup.retryMs().getAsLong());
                remove(s, s.ending());
            } else if (s.feed() == null) {
                s.outcome(Outcome.LOG); // its place is being looked up
                return true;
            } else if (s.hasTopicsToTell()) {
                streamChange.tell(s);
            } else if (s.hasEnds() && topicEnds.isOver(s, round.place())) {
                lifecycle.sayEnd(s);
            } else if (mayFeed || s.feed() instanceof LiveFeed) {
                mayFeed = false;
                Outcome outcome = ask(s);
                boolean mayGetMore = carryOut(s, outcome);
                if (s.isServed(outcome, round) && !topicEnds.awaits(s)) {
                    // and says so, unless its socket is full
                    close(heartbeat.lastWord(s, EndReason.SERVED), EndReason.SERVED);
                    return false;
                }
                if (!mayGetMore) {
                    return true;
                }
                if (s.feed() instanceof LiveFeed live && live.eventsHeld() == 0 && !s.hasEnds()) {
                    s.outcome(Outcome.CAUGHT_UP);
                    return s.outlet().isReady();
                }
            } else {
                s.outcome(s.isReading() ? Outcome.LOG : Outcome.TURN);
                catchUp.add(s);
                return true;
            }
        }
        return false;
    }

    /** A live stream with a rate falls behind when its backlog is more than its rate allows now. */
    private Outcome ask(Subscriber s) {
        if (s.rate() != null && s.feed() instanceof LiveFeed live && live.eventsHeld() > 0
            && !s.rate().mayBeLive(live.eventsHeld(), round.nowNs())) {
            return Outcome.FELL_BEHIND;
        }
        return s.feed().next(turn);
    }

    /** Does what the outcome says; returns whether the stream may get more now. */
    private boolean carryOut(Subscriber s, Outcome outcome) {
        if (outcome != Outcome.WRITE) {
            s.outcome(outcome); // another one follows a write at once
        }
        switch (outcome) {
            case WRITE -> deliver(s);
            case CAUGHT_UP -> {
                if (s.feed() instanceof LiveFeed) {
                    return false;
                }
                s.feedBy(new LiveFeed(s), turn);
            }
            case FILLED -> s.feedBy(s.feedBehind(s.feed().readMs()), turn);
            case FELL_BEHIND -> fallBehind(s, (LiveFeed) s.feed());
            case LOST -> lifecycle.tell(s, turn.loss());
            case TURN -> {
                catchUp.add(s);
                return false;
            }
            case ASKS -> {
                setup.readers().read(s, turn.question());
                return false;
            }
            case RATE -> {
                rateQueue.await(s, s.rate());
                return false;
            }
            case MEMORY -> {
                stalls.awaitRoom(s, turn.need());
                return false;
            }
            case LOG, SOCKET -> {
                return false;
            }
        }
        return true;
    }

    /** Writes the bytes that the feed has left in the turn; the cursor checks the order before a byte goes out. */
    private void deliver(Subscriber s) {
        Delivery delivery = turn.delivery();
        s.cursor().sending(delivery.first(), delivery.last());
        s.cursor().hasId(round, delivery.last());
        delivery.count(setup.metrics());
        s.gets(delivery, round);
        unsent.write(s, delivery.bytes());
    }

    /** Its socket takes nothing now: it holds no more memory than it must. */
    private void socketFull(Subscriber s) {
        s.outcome(Outcome.SOCKET);
        if (s.isEnding() && endSchedule.isPatienceOver(s)) {
            remove(s, s.ending());
        }
        if (s.conflates() && s.feed() instanceof LiveFeed live && live.eventsHeld() > 0) {
            fallBehind(s, live); // no backlog: from here on the newest of each topic is enough
        }
        if (s.feed() != null) {
            s.feed().socketFull(turn);
        }
    }

    /** It leaves the live batches: its cursor is the place before the first event that it has not got. */
    private void fallBehind(Subscriber s, LiveFeed live) {
        EventFrame first = live.firstHeld(ring);
        s.cursor().examined(live.toldUpTo(round.place())); // it may have been placed ahead of what was dispatched
        Feed next = s.feedBehind(first == null ? round.ms() : first.timeMs());
        if (next instanceof ConflatingFeed conflating) {
            conflating.beginWith(turn, live.sequences());
        } else {
            setup.metrics().add(Count.FELL_BEHIND);
        }
        s.feedBy(next, turn);
        catchUp.add(s);
    }

    @Override
    public void answered(Subscriber s, HistoryRead.Result result, ReadBudget.Taken taken) {
        if (s.feed() == null || !s.feed().isReading()) {
            taken.release(); // it ends
            return;
        }
        try {
            if (s.feed().answered(turn, result, taken) == Outcome.LOST) {
                lifecycle.tell(s, turn.loss());
            }
        } catch (RuntimeException | Error e) {
            taken.release();
            failed(s, e);
        }
        serve(s);
    }

    // ---- the shard's thread: streams come and go

    @Override
    public void begin(Subscriber s, byte[] prelude) {
        lifecycle.begin(s, prelude);
    }

    @Override
    public void attach(Subscriber s, StartPoint found, boolean damageTold) {
        lifecycle.attach(s, found, damageTold);
        topicEnds.placed(s);
    }

    @Override
    public void close(Subscriber s, EndReason why) {
        lifecycle.close(s, why);
    }

    @Override
    public void remove(Subscriber s, EndReason why) {
        lifecycle.remove(s, why);
    }

    /** Ends the streams of those who are banned. */
    public void endBanned() {
        lifecycle.endBanned();
    }

    /** Ends those that may have lost transient events: they come back and are told. Any thread. */
    void endLost(Predicate<TopicSelection> mayHaveLost) {
        post(() -> lifecycle.endLost(mayHaveLost));
    }

    /**
     * Ends streams of a hub that is about to end.
     *
     * @param gone   the part of them that is to be gone now, 0 to 1
     * @param isLast whether those that are behind end, too
     */
    public void drain(double gone, boolean isLast) {
        lifecycle.drain(gone, isLast);
    }

    @Override
    public void endAll() {
        lifecycle.endAll();
    }

    @Override
    public void renew(Subscriber s, Grant fresh, CompletableFuture<Void> answer) {
        if (!isGranted(() -> streamChange.renew(s, fresh), answer)) {
            return;
        }
        try {
            if (lifecycle.endNow(s) == null) {
                s.watched().renewed(fresh);
                topicEnds.placed(s);
                streams.watches(s, s.watched().watches());
                examineAgain(s);
            }
        } catch (RuntimeException | Error e) {
            failed(s, e);
        }
        serve(s);
        answer(() -> answer.complete(null));
    }

    private boolean isGranted(Runnable change, CompletableFuture<?> answer) {
        try {
            change.run();
            return true;
        } catch (Refused refusal) {
            answer(() -> answer.completeExceptionally(refusal));
            return false;
        }
    }

    /**
     * Events in memory were examined for the old grant or topics: the stream falls behind to the position before them,
     * and they are examined again. So is what was read of the log or is being read: events may be missing among it.
     */
    private void examineAgain(Subscriber s) {
        if (s.feed() instanceof LiveFeed live && live.eventsHeld() > 0) {
            fallBehind(s, live);
        } else if (s.feed() != null) {
            s.feed().examineAgain(turn);
        }
    }

    @Override
    public void change(Subscriber s, UnaryOperator<TopicSelection> wish, CompletableFuture<TopicSelection> answer) {
        if (!isGranted(() -> streamChange.ask(s, wish), answer)) {
            return;
        }
        if (s.feed() instanceof LiveFeed live && (s.hasHubBytes() || !s.outlet().isReady())) {
            fallBehind(s, live); // told later, it counts from here: a live stream would have moved on by then
        } else {
            examineAgain(s);
        }
        topicEnds.placed(s);
        serve(s);
        TopicSelection now = s.topics();
        answer(() -> answer.complete(now));
    }

    @Override
    public Lag lag(Subscriber s) {
        return lagMeter.of(s);
    }

    /** What all its streams amount to now; walks through them in parts, between rounds. Any thread asks. */
    public void count(CompletableFuture<Census> answer) {
        post(lagMeter.new Count(this, streams.list(), answer));
    }

    /** The steps that patterns took for live events: for tests, on its thread. */
    public long stepsForEvents() {
        return streams.steps();
    }

    /** The state that its feeds share: for tests, on its thread. */
    public Turn turn() {
        return turn;
    }
}
