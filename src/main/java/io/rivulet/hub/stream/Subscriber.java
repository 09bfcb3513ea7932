package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import io.rivulet.hub.resume.Pace;
import io.rivulet.hub.resume.Portion;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.ConflatingFeed;
import io.rivulet.hub.stream.feed.Cursor;
import io.rivulet.hub.stream.feed.Delivery;
import io.rivulet.hub.stream.feed.Feed;
import io.rivulet.hub.stream.feed.FillFeed;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Outcome;
import io.rivulet.hub.stream.feed.RateQueue;
import io.rivulet.hub.stream.feed.ReplayFeed;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.stream.feed.StreamView;
import io.rivulet.hub.stream.feed.StreamWatcher;
import io.rivulet.hub.stream.feed.Turn;
import io.rivulet.hub.stream.feed.WriteBudget;
import io.rivulet.topic.TopicSelection;
import java.util.Arrays;

/**
 * One open stream: its request, its response, its {@link Cursor} and the {@link Feed} of its next bytes. Its shard's
 * thread alone touches it, except where a method says that any thread may; callbacks of the container only post.
 *
 * <p>A stream that lags costs this object and a feed of bounded size, whatever is published meanwhile.
 */
public final class Subscriber implements Subscription, StreamView {

    private static final int PROBES_MAX = 6;
    private static final int INDEXED = 1;
    private static final int WATCHER = 2;
    private static final int TOPICS_UNTOLD = 4;
    private static final int ENDS = 8;

    /** How far the stream has come in its life. */
    enum Stage {
        /** Not placed yet: its cursor is being looked up. */
        OPENING,
        /** Fed from the shard's batches. */
        LIVE,
        /** Fed from the ring or the log, at its own speed. */
        BEHIND,
        /** Fed no more; it ends when its socket has taken what was begun. */
        ENDING,
        /** Over. */
        ENDED
    }

    private record Limits(RateQueue.Rate rate, Served served) {
    }

    /** The wait of an outlet that is not ready. */
    static final class SocketWait {
        /** When the outlet took something last, in nanoseconds. */
        private long progressNs;
        /** How many bytes it had left then. */
        private int left;
        /** Its share of the budget, or null. */
        private WriteBudget.Share held;
        private boolean released;

        SocketWait(long progressNs, int left) {
            this.progressNs = progressNs;
            this.left = left;
        }

        /** The outlet holds these bytes. */
        void hold(byte[] bytes, WriteBudget budget) {
            held = budget.hold(bytes, bytes.length);
        }

        /** It has so much left now: if that is another number, the socket has taken some. */
        boolean hasProgressed(int leftNow, long nowNs) {
            if (leftNow == left) {
                return false;
            }
            left = leftNow;
            progressNs = nowNs;
            return true;
        }

        long sinceProgressNs(long nowNs) {
            return nowNs - progressNs;
        }

        WriteBudget.Share held() {
            return held;
        }

        /** Gives the share back, once. */
        void release(WriteBudget budget) {
            if (!released) {
                budget.release(held);
                released = true;
            }
        }
    }

    /** Its shard writes: its topics may change. Any thread reads. */
    private volatile SubscribeRequest request;
    private final Outlet outlet;
    private final StreamOwner<Subscriber> owner;
    private final Admission admission;
    private final Cursor cursor = new Cursor();
    /** What few have, in one field: a rate, a portion; null for neither. */
    private final Limits limits;

    /** Its rights now; its shard writes, any thread reads. {@code request.grant()} has those that it opened with. */
    private volatile Grant grant;
    /** The client has left: a read that still waits for it is not worth doing. Any thread. */
    private volatile boolean left;
    /** Why it ended; the first reason counts. Any thread. */
    private volatile EndReason ending;

    private Feed feed;
    /** Why it is fed no faster: what came of the last question to its feed. */
    private Outcome outcome = Outcome.LOG;
    private boolean closing;
    private boolean ended;
    private StreamWatcher.Watched watched = StreamWatcher.Watched.NOWHERE;

    /** Bytes of the hub's own that go out first: prelude, hello, gap. Null for none, as mostly. */
    private byte[] hubBytes;
    /** The position of the first of these that has one. */
    private Position hubBytesPlace;

    private SocketWait wait;
    private long writtenNs;
    private long heartbeatNs;
    /** See {@link #warnMs}; once it is ending, {@link #endNs}: one number less in each stream. */
    private long warnMsOrEndNs = Long.MAX_VALUE;
    /** The sequence that the index offered last: an event with several matching topics is taken once. */
    private long offered;
    private int slot = -1;
    /**
     * In which indexes of its shard it is, whether its topics have changed and it has not been told, and whether one of
     * them may have ended, as bits of one byte: there may be many thousands of streams.
     */
    private byte bits;
    /** How many comments it got, as far as that matters: {@link Heartbeat} begins with short pauses. */
    private byte probes;
    private boolean dirty;
    private boolean queued;
    private boolean damageTold;

    /** A stream that has no start yet. */
    public Subscriber(SubscribeRequest request, Outlet outlet, StreamOwner<Subscriber> owner, Admission admission) {
        this.request = request;
        this.outlet = outlet;
        this.owner = owner;
        this.admission = admission;
        this.grant = request.grant();
        Pace pace = request.pace();
        RateQueue.Rate rate = pace.hasRate() ? new RateQueue.Rate(pace.ratePerSecond(), pace.ratePerTopic()) : null;
        Served served = request.portion().equals(Portion.ALL) ? null : new Served(request.portion());
        this.limits = rate == null && served == null ? null : new Limits(rate, served);
    }

    // ---- any thread

    @Override
    public String connection() {
        return admission.connection().text();
    }

    @Override
    public void writable() {
        owner.post(this, () -> owner.serve(this));
    }

    @Override
    public void gone(String why) {
        gone(EndReason.LEFT);
    }

    /** It is over, for this reason. */
    public void gone(EndReason why) {
        left = true;
        endsBy(why);
        owner.post(this, () -> owner.remove(this, why));
    }

    /** Notes why it ends, unless that is known. */
    void endsBy(EndReason why) {
        if (ending == null) {
            ending = why;
        }
    }

    @Override
    public EndReason ending() {
        return ending;
    }

    /** Whether nobody is there any more to read it. */
    public boolean hasLeft() {
        return left;
    }

    /** Its request, with the topics that it asks for now. */
    public SubscribeRequest request() {
        return request;
    }

    /** Its shard. */
    public StreamOwner<Subscriber> owner() {
        return owner;
    }

    Admission admission() {
        return admission;
    }

    @Override
    public TopicSelection topics() {
        return request.topics();
    }

    @Override
    public Variant variant() {
        return admission.variant();
    }

    @Override
    public Grant grant() {
        return grant;
    }

    // ---- its shard's thread

    /** From now on it may see this. */
    void renew(Grant fresh) {
        grant = fresh;
    }

    /** From now on it asks for the topics of this one. */
    void change(SubscribeRequest changed) {
        request = changed;
    }

    /** Whether it is to be told of its topics before it gets another event. */
    boolean hasTopicsToTell() {
        return (bits & TOPICS_UNTOLD) != 0;
    }

    void topicsToTell(boolean are) {
        bits = (byte) (are ? bits | TOPICS_UNTOLD : bits & ~TOPICS_UNTOLD);
    }

    Outlet outlet() {
        return outlet;
    }

    Cursor cursor() {
        return cursor;
    }

    /** Its rate, or null. */
    RateQueue.Rate rate() {
        return limits == null ? null : limits.rate;
    }

    /** These events go out to it now: what counts against its limits, if it has any. */
    void gets(Delivery delivery, Round round) {
        if (limits != null && limits.rate != null) {
            // what a stream begins with is not counted: a page is to be filled at once
            limits.rate.sent(feed instanceof FillFeed ? 0 : delivery.events(), round.nowNs());
        }
        if (limits != null && limits.served != null) {
            limits.served.got(delivery.bytes().length);
        }
    }

    /** What it has got, where it does not stay open; else null. */
    Served served() {
        return limits == null ? null : limits.served;
    }

    /** Whether it asked for no more than it has got, where this came of the last question to its feed. */
    boolean isServed(Outcome last, Round round) {
        return served() != null && !closing && served().isOver(feed, last, round);
    }

    /** Whether it waits for its shard to pass over events that were there before it. */
    boolean awaitsDispatch(Round round) {
        return served() != null && served().awaitsDispatch(feed, round);
    }

    Stage stage() {
        if (ended) {
            return Stage.ENDED;
        }
        if (closing) {
            return Stage.ENDING;
        }
        return feed == null ? Stage.OPENING : feed instanceof LiveFeed ? Stage.LIVE : Stage.BEHIND;
    }

    boolean isEnded() {
        return ended;
    }

    boolean isEnding() {
        return closing;
    }

    /** Where its next bytes come from; null while it opens, and when it is about to end. */
    public Feed feed() {
        return feed;
    }

    /** Its feed gives back what it holds, and is asked no more. */
    void dropFeed(Turn turn) {
        if (feed != null) {
            feed.drop(turn);
            feed = null;
        }
    }

    /** From now on it is fed by this one. */
    void feedBy(Feed next, Turn turn) {
        dropFeed(turn);
        feed = next;
    }

    /** A feed for the time that it is behind; see {@link Feed#readMs}. */
    Feed feedBehind(long readMs) {
        return conflates() ? new ConflatingFeed(this, cursor, watched, rate(), readMs)
            : new ReplayFeed(this, cursor, watched, readMs);
    }

    /** Whether it is behind, or may get behind, with the newest event of each topic rather than all. */
    boolean conflates() {
        return request.pace().conflates();
    }

    /** Whether it waits for what its feed has asked of the log. */
    boolean isReading() {
        return feed != null && feed.isReading();
    }

    Outcome outcome() {
        return outcome;
    }

    void outcome(Outcome last) {
        if (outcome != last) {
            outcome = last;
        }
    }

    /** Whether it was offered this sequence already. */
    boolean wasOffered(long sequence) {
        return offered >= sequence;
    }

    /** It was offered everything up to this sequence. */
    void offered(long sequence) {
        offered = sequence;
    }

    /** Whether it is marked as one that is to be served in this round. */
    boolean isDirty() {
        return dirty;
    }

    void markDirty() {
        dirty = true;
    }

    void clearDirty() {
        dirty = false;
    }

    /** Whether it waits for its turn. */
    boolean isQueued() {
        return queued;
    }

    void enterQueue() {
        queued = true;
    }

    void leaveQueue() {
        queued = false;
    }

    /**
     * The hub has bytes of its own for it, which go out before anything else.
     *
     * @param place the position of the cursor that they carry, or null when they carry none
     */
    void say(byte[] bytes, Position place) {
        if (hubBytes == null) {
            hubBytes = bytes;
        } else {
            int length = hubBytes.length;
            hubBytes = Arrays.copyOf(hubBytes, length + bytes.length);
            System.arraycopy(bytes, 0, hubBytes, length, bytes.length);
        }
        if (hubBytesPlace == null) {
            hubBytesPlace = place;
        }
    }

    /** Whether bytes of the hub's own wait. */
    boolean hasHubBytes() {
        return hubBytes != null;
    }

    /**
     * Takes the hub's own bytes, as one write that is made now.
     *
     * @throws Cursor.OutOfOrder when events behind it were sent before
     */
    byte[] takeHubBytes() {
        byte[] taken = hubBytes;
        if (hubBytesPlace != null) {
            cursor.saying(hubBytesPlace);
        }
        dropHubBytes();
        if (limits != null && limits.served != null) {
            limits.served.told(taken.length);
        }
        return taken;
    }

    private void dropHubBytes() {
        hubBytes = null;
        hubBytesPlace = null;
    }

    /** It is to end at this time or before; of the hub's bytes it gets the farewell only. */
    void beginEnding(long sinceNs) {
        warnMsOrEndNs = closing && warnMsOrEndNs - sinceNs < 0 ? warnMsOrEndNs : sinceNs;
        closing = true;
        feed = null;
        dropHubBytes();
    }

    /** It is over; what it holds is given back after that. Readers that work for it stop. */
    void over() {
        left = true;
        ended = true;
    }

    /** It keeps nothing. */
    void end() {
        ended = true;
        feed = null;
        dropHubBytes();
    }

    /** When it is to be told that its token ends soon, in milliseconds since 1970; while it is not ending. */
    long warnMs() {
        return warnMsOrEndNs;
    }

    void warnsAt(long timeMs) {
        warnMsOrEndNs = timeMs;
    }

    /** When it had to end, in nanoseconds, once it is ending: by age, by token, or because somebody asked. */
    long endNs() {
        return warnMsOrEndNs;
    }

    /** Its entry in the list of active subscriptions. */
    StreamWatcher.Watched watched() {
        return watched;
    }

    void watchedAs(StreamWatcher.Watched by) {
        watched = by;
    }

    /** The response's headers have told of the damage that is known: it need not end the stream once more. */
    boolean isDamageTold() {
        return damageTold;
    }

    void damageTold(boolean told) {
        damageTold = told;
    }

    /** Whether a topic of it may have ended: {@link ShardStreams} knows more. */
    boolean hasEnds() {
        return (bits & ENDS) != 0;
    }

    void hasEnds(boolean is) {
        bits = (byte) (is ? bits | ENDS : bits & ~ENDS);
    }

    /** The wait for its outlet; null while that is ready. */
    SocketWait socketWait() {
        return wait;
    }

    void socketWait(SocketWait waits) {
        wait = waits;
    }

    /** When something was written to it last, in nanoseconds. */
    long writtenNs() {
        return writtenNs;
    }

    void written(long nowNs) {
        writtenNs = nowNs;
    }

    /** When its last heartbeat event was, in nanoseconds. */
    long heartbeatNs() {
        return heartbeatNs;
    }

    void heartbeat(long nowNs) {
        heartbeatNs = nowNs;
    }

    /** How many comments it has got; no more than {@link #PROBES_MAX} are counted. */
    int probes() {
        return probes;
    }

    void probed() {
        probes = (byte) Math.min(PROBES_MAX, probes + 1);
    }

    /** Its index in its shard's list; -1 while it is not there. */
    int slot() {
        return slot;
    }

    void slot(int index) {
        slot = index;
    }

    /** Whether its shard's index knows it. */
    boolean isIndexed() {
        return (bits & INDEXED) != 0;
    }

    void indexed(boolean is) {
        bits = (byte) (is ? bits | INDEXED : bits & ~INDEXED);
    }

    /** Whether its shard offers it events of the active subscriptions. */
    boolean isWatcher() {
        return (bits & WATCHER) != 0;
    }

    void watcher(boolean is) {
        bits = (byte) (is ? bits | WATCHER : bits & ~WATCHER);
    }
}
