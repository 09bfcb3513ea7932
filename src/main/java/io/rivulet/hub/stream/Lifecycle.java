package io.rivulet.hub.stream;

import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.stream.feed.FillFeed;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.stream.feed.Turn;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.FaultLog;
import io.rivulet.topic.TopicSelection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the streams of one shard begin and end: each is listed, placed at its cursor, closed between two events, and
 * forgotten. The {@link Shard} asks it, on its thread, and does all that lies between.
 *
 * <p>The hard thing is that an end may come at any time, from many sides, and in the middle of a beginning. So each
 * method here looks first at how far the stream has come, and may be called again.
 */
final class Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private static final int STEPS = 9;
    private static final int TRIES = 6;
    /** A client that takes nothing for so long is not waited for when the hub ends. */
    private static final long PATIENCE_NS = 2_000_000_000;

    private final ShardSetup setup;
    private final ShardStreams streams;
    private final Turn turn;
    private final UnsentBytes unsent;
    private final EndSchedule endSchedule;
    private final Round round;
    private final Consumer<Subscriber> serve;
    private final BiConsumer<Subscriber, Throwable> failed;
    /** How many streams there were when they began to be drained; -1 before. */
    private int atDrain = -1;

    /** {@code serve} writes what a stream has to hear; {@code failed} ends one that has failed. */
    Lifecycle(ShardSetup setup, ShardStreams streams, Round round, Turn turn, UnsentBytes unsent,
              EndSchedule endSchedule, Consumer<Subscriber> serve, BiConsumer<Subscriber, Throwable> failed) {
        this.setup = setup;
        this.streams = streams;
        this.round = round;
        this.turn = turn;
        this.unsent = unsent;
        this.endSchedule = endSchedule;
        this.serve = serve;
        this.failed = failed;
    }

    /** It is listed, and gets its first bytes; its place comes later. */
    void begin(Subscriber s, byte[] prelude) {
        if (s.isEnded()) {
            return;
        }
        streams.add(s);
        s.written(round.ns());
        s.heartbeat(round.ns());
        s.say(prelude, null);
        if (endNow(s) == null) {
            serve.accept(s);
        }
    }

    /** Plans its end; if that is now it is closed, and this says why. Else null. */
    EndReason endNow(Subscriber s) {
        EndReason due = endSchedule.plan(s);
        EndReason why = setup.banned().test(s.grant()) ? EndReason.BANNED : due; // see endBanned
        if (why != null) {
            close(s, why);
        }
        return why;
    }

    /** Its place is known: it is fed from there. */
    void attach(Subscriber s, StartPoint found, boolean damageTold) {
        if (s.stage() != Subscriber.Stage.OPENING) {
            return;
        }
        s.damageTold(damageTold);
        try {
            EndReason end = place(s, found);
            if (end != null) {
                close(s, end);
            }
        } catch (RuntimeException | Error e) {
            failed.accept(s, e);
        }
        serve.accept(s);
    }

    /**
     * Places a stream at its cursor, which may be ahead of what this shard has dispatched.
     *
     * @return null, or why it has to end at once and come back: its headers said otherwise
     */
    private EndReason place(Subscriber s, StartPoint found) {
        streams.index(s);
        s.watchedAs(setup.watcher().began(s.request(), s.grant(), s.admission().subscriber(), found));
        streams.watches(s, s.watched().watches());
        Dialect dialect = s.request().dialect();
        if (s.watched().isInexact() && dialect.endsOnLoss()) {
            return EndReason.LOSS;
        }
        StartPoint start = s.watched().isInexact() ? setup.watcher().checked(s.request(), found) : found;
        s.cursor().examined(start.cursor());
        s.cursor().hasId(round, start.cursor());
        Served served = s.served();
        if (served != null) {
            served.placed(setup.sources().ring().head());
        }
        if (start.transientFrom() != null) {
            s.cursor().mayLoseFrom(start.transientFrom());
        }
        byte[] hello = dialect.hello(s.connection(), () -> setup.names().secretOf(s.admission().connection()),
            s.grant(), s.topics(), start);
        if (hello != null) {
            s.say(hello, start.cursor());
        }
        if (start.fill() != null) {
            FillFeed fill = new FillFeed(s, s.cursor(), start);
            s.feedBy(fill, turn); // first: whatever fails behind it, the stream's end gives its memory back
            fill.begin(turn, start.fill());
        } else {
            s.feedBy(turn.mayGoLive(start.cursor()) ? new LiveFeed(s) : s.feedBehind(0), turn);
        }
        return null;
    }

    /**
     * Ends the streams of those who are banned. T1 bans: it notes the ban, then posts this. T2 opens a stream: its
     * shard puts it into the list, then asks whether it is banned ({@link #begin}). Both run on this thread: if the
     * stream came first, this finds it; if this came first, the ban had been noted before, and the question finds it.
     */
    void endBanned() {
        for (int i = streams.list().size() - 1; i >= 0; i--) {
            Subscriber s = streams.list().get(i);
            if (setup.banned().test(s.grant())) {
                close(s, EndReason.BANNED);
            }
        }
    }

    /** Ends the streams whose topics may have lost something that only their next start can tell. */
    void endLost(Predicate<TopicSelection> mayHaveLost) {
        for (int i = streams.list().size() - 1; i >= 0; i--) {
            Subscriber s = streams.list().get(i);
            if (mayHaveLost.test(s.topics())) {
                close(s, EndReason.LOSS);
            }
        }
    }

    /**
     * Ends streams until this part of them is gone: those that have got all there is for them, and where {@code isLast}
     * the others, too. Streams that end already are not waited for.
     */
    void drain(double gone, boolean isLast) {
        List<Subscriber> list = streams.list();
        if (atDrain < 0) {
            atDrain = list.size();
        }
        int open = 0;
        for (Subscriber s : list) {
            open += s.isEnding() ? 0 : 1;
        }
        int mayStay = isLast ? 0 : (int) (atDrain * (1 - gone));
        // backwards: one that ends is replaced by the last
        for (int i = list.size() - 1; i >= 0 && open > mayStay; i--) {
            Subscriber s = list.get(i);
            if (!s.isEnding() && (isLast || !awaitsMore(s))) {
                close(s, EndReason.DRAINED);
                open--;
            }
        }
    }

    /** Whether something waits for it, and its client takes it. */
    private boolean awaitsMore(Subscriber s) {
        boolean hasAll = s.feed() instanceof LiveFeed live && live.eventsHeld() == 0 && !s.hasHubBytes();
        boolean isStalled = s.socketWait() != null && s.socketWait().sinceProgressNs(round.ns()) >= PATIENCE_NS;
        return !hasAll && !isStalled;
    }

    /**
     * Tells of a loss in the stream, or ends the stream where the hub cannot say it there: then the client comes back
     * and is told by the response's headers. Damage is still there when it comes back, so it is told once and then
     * passed over.
     */
    void tell(Subscriber s, Turn.Loss loss) {
        setup.metrics().add(Count.GAPS);
        Dialect dialect = s.request().dialect();
        if (!dialect.endsOnLoss()) {
            s.say(dialect.gap(loss.isTransient(), loss.missed(), loss.id()), loss.place());
        } else if (!(loss.isDamage() && s.isDamageTold())) {
            close(s, EndReason.LOSS);
        }
    }

    /** Tells it, between two events, that its token ends soon. */
    void tellExpiring(Subscriber s) {
        byte[] told = s.request().dialect().expiring(s.connection(), s.grant().expiresMs());
        if (told != null) {
            s.say(told, null);
            serve.accept(s);
        }
    }

    /** Its topics have ended, and it has got all of them: it is told so behind the last event, and ends. */
    void sayEnd(Subscriber s) {
        TopicMark last = streams.ends(s).last;
        byte[] told = s.request().dialect().ended(s.topics(), last.end(), last.placeId());
        if (told != null) {
            s.cursor().saying(last.place());
            unsent.write(s, told);
        }
        close(s, EndReason.ENDED);
    }

    /** It ends between two events, with a farewell. */
    void close(Subscriber s, EndReason why) {
        close(s, round.ns(), why);
    }

    /** The same, for an end that was due at that time. */
    void close(Subscriber s, long sinceNs, EndReason why) {
        if (s.isEnded()) {
            return;
        }
        s.endsBy(why);
        s.dropFeed(turn);
        s.beginEnding(sinceNs);
        serve.accept(s);
    }

    /** Work about a stream that ends the stream when it fails, after it has given back what it has of its own. */
    Mailbox.Work about(Subscriber s, Runnable work) {
        return new Mailbox.Work() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public void failed(Throwable e) {
                if (work instanceof Mailbox.Work own) {
                    own.failed(e);
                }
                failed.accept(s, e);
            }
        };
    }

    /**
     * It ends and is forgotten at once. Each step gives something back, and is tried again when it fails: where memory
     * is missing, the steps that need none pass. Whatever always fails keeps the others from nothing.
     */
    void remove(Subscriber s, EndReason why) {
        if (s.isEnded()) {
            return;
        }
        s.endsBy(why);
        s.over();
        Throwable failure = null;
        int tries = 0;
        for (int step = 0; step < STEPS; ) {
            try {
                giveBack(s, step);
                step++;
                tries = 0;
            } catch (RuntimeException | Error e) {
                failure = e;
                step = ++tries < TRIES ? step : step + 1;
            }
        }
        if (failure != null) {
            FaultLog.tell(LOG, "The end of stream {} met a fault", s.connection(), failure);
        }
    }

    private void giveBack(Subscriber s, int step) {
        switch (step) {
            case 0 -> s.dropFeed(turn);
            case 1 -> s.end();
            case 2 -> streams.unindex(s);
            case 3 -> streams.unlist(s);
            case 4 -> streams.assigned().decrementAndGet();
            case 5 -> unsent.end(s);
            case 6 -> setup.accounts().ended(s);
            case 7 -> s.watched().ended();
            default -> s.outlet().end();
        }
    }

    /** Ends all streams: the hub closes. */
    void endAll() {
        while (!streams.list().isEmpty()) { // the newest first: the index finds them without a search
            Subscriber s = streams.list().get(streams.list().size() - 1);
            try {
                if (s.hasHubBytes() && s.outlet().isReady()) {
                    unsent.write(s, s.takeHubBytes());
                }
                if (!s.hasHubBytes() && s.outlet().isReady()) {
                    unsent.sayFarewell(s, setup.retryMs().getAsLong());
                }
            } catch (RuntimeException | Error e) {
                LOG.warn("Stream {} could not be told of the end", s.connection(), e);
            }
            remove(s, EndReason.DRAINED);
        }
    }
}
