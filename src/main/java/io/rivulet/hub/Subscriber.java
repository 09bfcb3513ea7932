package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import java.util.Arrays;
import java.util.List;

/**
 * One open stream: matchers and a cursor. The shard's thread alone touches its state; container callbacks only post.
 *
 * <p>Invariant: every event placed at or below {@code seen} has been examined for it and, if it matched, handed to the
 * outlet or to the backlog; while {@code LIVE} the backlog holds, in order, the ring's sequences of what matched since.
 * What it costs while it lags is this object and a backlog of bounded length, whatever is published meanwhile.
 */
final class Subscriber implements Subscription {

    /** Where its next events come from. */
    enum State {
        /** Not placed yet: its cursor is being looked up. */
        OPENING,
        /** From the shard's batches. */
        LIVE,
        /** From the ring or the log, at its own speed. */
        BEHIND,
        /** Nowhere any more; it ends when its socket has taken what was begun. */
        ENDING,
        /** Nowhere. */
        ENDED
    }

    private static final int BACKLOG_KEPT = 16;
    private static final long[] NOTHING = {};

    final SubscribeRequest request;
    final Outlet outlet;
    final Shard shard;
    final Admission admission;
    Registration registration;
    /** It counts among those who may see subscriptions come and go. */
    boolean watches;
    final Variant variant;
    /** What it gets next while it lags, if it conflates; else null. */
    final Window window;
    /** Its rate, or null. */
    final Pacing pacing;

    /** What it may see now; its shard writes, any thread reads. {@code request.grant()} is what it opened with. */
    volatile Grant grant;
    /** The client has left: what waits in the readers' line for it is not worth doing. Any thread. */
    volatile boolean left;
    /** Why it ended: whoever is first knows. Any thread. */
    private volatile Ending ending;
    State state = State.OPENING;
    Position seen = Position.START;
    /** The place of the last id that it was sent or is about to be: what comes next has a later one. */
    private Position sent = Position.START;
    /** What the hub itself has to say first: prelude, hello, gap. Null when that is nothing, as it mostly is. */
    private byte[] controls;

    long[] backlog = NOTHING;
    int backlogSize;
    /** Hash of the backlog's sequences: streams with the same one get the same joined bytes. */
    long backlogHash;
    /** The place of the first event in the backlog, in two numbers: no object for each delivery. */
    private long backlogDurable;
    private long backlogTransients;
    /** The sequence that the index offered last: an event with several matching topics is taken once. */
    long offered;
    boolean dirty;

    /** What was read from the log and not written yet; dropped when the socket is full, for the cursor knows. */
    List<EventFrame> chunk;
    int chunkAt;
    Position chunkEnd;
    /** While it is behind: the time of an event that it got, or of the first that it did not; 0 when none is known. */
    long readMs;
    /** Given back to {@link Readers#release}; 0 where it could not be read again, and is not dropped. */
    long chunkBytes;
    /** What such a chunk holds of the shard's budget, or null. */
    WriteBudget.Share kept;
    /** What its outlet has not taken yet; null while it is ready. {@link Writes} sets it. */
    Writes.Wait wait;
    /** Bytes of the next write while it catches up: more as long as its socket takes all of it at once. */
    int stride = WriteBudget.FREE_BYTES;
    /** The event that waits for room in the shard's budget; null when none does. */
    Writing.Need need;
    boolean reading;
    /** What is being read was asked for under another grant. */
    boolean readAgain;
    /** The response's headers have told of the damage that is known: it need not end the stream once more. */
    boolean damageTold;
    /** Its shard's index knows it. */
    boolean indexed;
    boolean catchingUp;
    /** From where transient events may have been lost, until it was told; null while the ring covers it. */
    Position transientFrom;

    /** When it is to end, by age, token, or because somebody asked; {@link Ends} sets it. */
    long endMs;
    long writtenNs;
    long heartbeatNs;
    long idBytes;
    long idMs;
    long idDurable;
    /** Place in the shard's list. */
    int slot = -1;

    Subscriber(SubscribeRequest request, Outlet outlet, Shard shard, Admission admission) {
        this.request = request;
        this.grant = request.grant();
        this.outlet = outlet;
        this.shard = shard;
        this.admission = admission;
        this.variant = admission.variant();
        Pace pace = request.pace();
        this.window = pace.conflates() ? new Window() : null;
        this.pacing = pace.ratePerSecond() > 0 ? new Pacing(pace.ratePerSecond()) : null;
    }

    @Override
    public String connection() {
        return admission.connection().text();
    }

    @Override
    public void writable() {
        shard.post(() -> shard.serve(this));
    }

    @Override
    public void gone(String why) {
        gone(Ending.LEFT);
    }

    /** It is over, for this reason; any thread. */
    void gone(Ending why) {
        left = true;
        endsBy(why);
        shard.post(() -> shard.remove(this, why));
    }

    /** Notes why it ends, unless that is known. */
    void endsBy(Ending why) {
        if (ending == null) {
            ending = why;
        }
    }

    @Override
    public Ending ending() {
        return ending;
    }

    /** Whether this event is for it at all: not seen yet, and public or granted. */
    boolean wants(EventFrame frame) {
        return frame.position().isAfter(seen)
            && (!frame.isPrivate() || grant.maySeePrivate(frame.topics()));
    }

    /** An event's bytes for it, live. */
    byte[] live(EventFrame frame) {
        return frame.live(variant, told(frame));
    }

    /** An event's bytes for it, from history. */
    byte[] replay(EventFrame frame) {
        return frame.replay(variant, told(frame));
    }

    /** The topics that it may be told: of a private event those that its grant covers, for others are none of its. */
    private List<String> told(EventFrame frame) {
        return variant.isShared() || !frame.isPrivate() ? frame.topics()
            : frame.topics().stream().filter(grant.subscribes()::covers).toList();
    }

    /** Takes an event of the live batch; false when the backlog is full. */
    boolean take(long sequence, EventFrame frame, int backlogMax) {
        if (backlogSize == backlogMax) {
            return false;
        }
        if (backlogSize == 0) {
            backlogDurable = frame.position().durable();
            backlogTransients = frame.position().transients();
            backlogHash = 0;
        }
        if (backlogSize == backlog.length) {
            backlog = Arrays.copyOf(backlog, Math.min(backlogMax, Math.max(1, backlogSize * 2)));
        }
        backlog[backlogSize++] = sequence;
        backlogHash = (backlogHash + sequence) * 0x9E3779B97F4A7C15L;
        return true;
    }

    /** The first {@code n} of the backlog were handed to the outlet. */
    void taken(int n, EventFrame nextOrNull) {
        System.arraycopy(backlog, n, backlog, 0, backlogSize - n);
        backlogSize -= n;
        backlogHash = 0;
        for (int i = 0; i < backlogSize; i++) {
            backlogHash = (backlogHash + backlog[i]) * 0x9E3779B97F4A7C15L;
        }
        if (nextOrNull != null) {
            backlogDurable = nextOrNull.position().durable();
            backlogTransients = nextOrNull.position().transients();
        }
        if (backlogSize == 0 && backlog.length > BACKLOG_KEPT) {
            backlog = NOTHING;
        }
    }

    /**
     * Events from one place to another, ascending, are about to be sent to it. Ids that run backwards would make the
     * client resume at the wrong place, so this refuses them, and the fault ends the stream.
     */
    void sending(Position first, Position last) {
        if (!first.isAfter(sent)) {
            throw new IllegalStateException("the event at " + first + " would be sent after " + sent);
        }
        sent = last;
    }

    /** The hub tells it an id for the place up to which it has seen everything. */
    void placeTold() {
        sent = seen.isAfter(sent) ? seen : sent;
    }

    /** The hub has something to say to it, before anything else. */
    void say(byte[] control) {
        if (controls == null) {
            controls = control;
        } else {
            int length = controls.length;
            controls = Arrays.copyOf(controls, length + control.length);
            System.arraycopy(control, 0, controls, length, control.length);
        }
    }

    /** What the hub has to say, as one write; nothing is left of it. Null when there is nothing. */
    byte[] takeControls() {
        byte[] taken = controls;
        controls = null;
        return taken;
    }

    /** Leaves the live batches: the cursor is the place before the first event it has not got. */
    void fallBehind(Position dispatched) {
        state = State.BEHIND;
        Position got = backlogSize > 0 ? new Position(backlogDurable, backlogTransients).before() : dispatched;
        seen = got.isAfter(seen) ? got : seen; // it may have been placed ahead of what its shard has dispatched
        backlogSize = 0;
        backlog = NOTHING;
    }
}
