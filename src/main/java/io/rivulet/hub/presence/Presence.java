package io.rivulet.hub.presence;

import io.rivulet.auth.Grant;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.heap.HeapBytes;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.StreamWatcher;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The list of active subscriptions, while {@code rivulet.presence} is on (Mercure 1.0, "Active subscriptions"). The
 * shards report their streams to it, the doors read the list, and {@link PresenceTeller} publishes its changes. Any
 * thread.
 *
 * <p>Changes are told as events only while somebody may see them: a stream that asks for them and has the right, or a
 * reader of the list, and for five minutes after either. Else each connect would cost an event that nobody gets. A
 * cursor from before a time in which nothing was told is then not exact, and {@link #lost} finds that out.
 *
 * <p>A change goes into the list first and is told then. So a client that reads the list and goes on from {@link
 * #lastEventId} misses none.
 */
public final class Presence implements StreamWatcher {

    /** How long changes are told after the last possible reader left: time enough to come back. */
    static final long INTEREST_MS = 300_000;

    /** Of texts and payloads of one list: some 40,000 subscriptions. The document takes several times as much. */
    static final long LIST_CHARS_MAX = 8 << 20;
    private static final int ENTRY_CHARS = 150;
    /** Of one in a list that is being written, beside what its stream holds anyway; and for so many room is asked. */
    private static final long ENTRY_BYTES = HeapBytes.object(3, 0) + Long.BYTES;
    private static final int ROOM_ENTRIES = 1_000;

    private final boolean on;
    private final String hub;
    private final String folder;
    private final InstantSource clock;
    private final Set<Registration> registered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger watchers = new AtomicInteger();
    private volatile long interestUntilMs = Long.MIN_VALUE;
    /** Somebody was interested since changes were last left untold. */
    private volatile boolean interested;
    /** A cursor before this may have missed changes. */
    private final AtomicReference<Position> lostUpTo = new AtomicReference<>(Position.START);
    private volatile Position opening = Position.START;
    private volatile TailRing ring;
    private volatile Consumer<Registration> teller;
    /** What the nodes of a cluster tell each other of it; null in a hub alone. */
    private volatile Consumer<Registration> others;

    /**
     * The list of a hub.
     *
     * @param on  whether there is any
     * @param hub the path of the hub's own URL
     */
    public Presence(boolean on, String hub, InstantSource clock) {
        this.on = on;
        this.hub = hub;
        this.folder = SubscriptionDocument.folder(hub) + "/";
        this.clock = clock;
    }

    /** Whether there is any. */
    public boolean isOn() {
        return on;
    }

    /** The list was read: for five minutes changes are told as events. To be called first. */
    public void touched() {
        interestUntilMs = clock.millis() + INTEREST_MS; // before the flag: see mayStop
        interested = true;
    }

    /**
     * The id after which every change that {@link #list} does not hold comes as an event; {@code earliest} when nothing
     * was ever published. To be taken BEFORE the list: a change between the two is then in the list and comes once
     * more, which hurts nobody; the other way round it would be in neither.
     */
    public String lastEventId() {
        TailRing events = ring;
        TailRing.Mark newest = events == null ? null : events.newest();
        return newest == null || newest.place().equals(Position.START) ? "earliest" : newest.id();
    }

    /** The active subscriptions that are wanted, for which there is memory. */
    public List<ActiveSubscription> list(Predicate<ActiveSubscription> wanted) {
        return list(wanted, bytes -> { });
    }

    /**
     * The active subscriptions that are wanted, those of one connection together.
     *
     * @param room takes the memory for more of the list, or throws what is then thrown here
     * @throws Refused OVERLOADED when the list would take more than {@link #LIST_CHARS_MAX}
     */
    public List<ActiveSubscription> list(Predicate<ActiveSubscription> wanted, LongConsumer room) {
        List<ActiveSubscription> found = new ArrayList<>();
        long chars = 0;
        for (Registration registration : registered) {
            for (int i = 0; i < registration.size(); i++) {
                ActiveSubscription one = registration.get(i);
                if (wanted.test(one)) {
                    if (found.size() % ROOM_ENTRIES == 0) {
                        room.accept(ROOM_ENTRIES * ENTRY_BYTES);
                    }
                    found.add(one);
                    chars += ENTRY_CHARS + one.text().length()
                        + (one.payload() == null ? 0 : one.payload().length());
                    checkSize(chars);
                }
            }
        }
        return found;
    }

    private static void checkSize(long chars) {
        if (chars > LIST_CHARS_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED, "the active subscriptions take more than "
                + LIST_CHARS_MAX + " characters; ask for those of one matcher");
        }
    }

    // ---- the hub, when it opens

    /** From now on events come from this ring, and changes go to this teller. */
    public void open(TailRing events, Consumer<Registration> by) {
        ring = events;
        opening = events.newest().place();
        lostUpTo.set(opening); // of what was before, nobody is subscribed any more
        teller = by;
    }

    /** From now on beginnings and ends at this node are told to others as well, who tell theirs. */
    void tell(Consumer<Registration> changes) {
        others = changes;
    }

    String hub() {
        return hub;
    }

    /** All connections with subscriptions, those of other nodes as well. */
    Set<Registration> registered() {
        return registered;
    }

    // ---- the thread that hears other nodes

    /** A connection has begun at another node. */
    void beganElsewhere(Registration one) {
        registered.add(one);
        changed(one);
    }

    /** It has ended there, or its node is gone. */
    void endedElsewhere(Registration one) {
        registered.remove(one);
        one.over = true;
        changed(one);
    }

    private void changed(Registration one) {
        Consumer<Registration> by = teller;
        if (by != null) { // else the hub has not opened: nobody can have seen it
            by.accept(one);
        }
    }

    // ---- the shards, each for its own streams

    /**
     * A stream was registered and gets what is published from now on (ACT-12): it is one of those who may see its own
     * event.
     *
     * <p>T1 (a shard) brings a watcher whose cursor was found exact; T2 (the teller) finds that nobody watches and
     * leaves a change untold. T1 counts the watcher, then looks at what is lost; T2 notes the loss, then looks at the
     * watchers again. The second of the two sees the other.
     */
    @Override
    public Watched began(SubscribeRequest request, Grant grant, String subscriber, StartPoint start) {
        if (!on) {
            return Watched.NOWHERE;
        }
        Registered one = new Registered(new Registration(subscriber, request.topics(), grant));
        one.watch(isWatcher(request.topics(), grant));
        begin(one.registration);
        one.inexact = one.watches && !start.transientLost() && lost(request, start);
        return one;
    }

    private void begin(Registration one) {
        registered.add(one);
        tellChanged(one);
    }

    private void tellChanged(Registration one) {
        teller.accept(one);
        Consumer<Registration> also = others;
        if (also != null) {
            also.accept(one);
        }
    }

    /** One stream in the list; its shard's thread alone. */
    private final class Registered implements Watched {
        private Registration registration;
        /** It counts among the streams that may see subscription events. */
        private boolean watches;
        private boolean inexact;

        Registered(Registration registration) {
            this.registration = registration;
        }

        @Override
        public boolean watches() {
            return watches;
        }

        @Override
        public boolean isInexact() {
            return inexact;
        }

        @Override
        public boolean lostSince(Position place) {
            return watches && lostUpTo.get().isAfter(place);
        }

        @Override
        public void renewed(Grant fresh) {
            watch(isWatcher(registration.topics(), fresh));
        }

        /**
         * Another name, for what is told of one name is in no order with what is told later: the end of a topic that
         * the stream keeps might come behind its new beginning.
         */
        @Override
        public void changed(TopicSelection topics, Grant grant, Supplier<String> subscriber) {
            Registration next = new Registration(subscriber.get(), topics, grant);
            watch(isWatcher(topics, grant));
            begin(next);
            Registration before = registration;
            registration = next;
            end(before);
        }

        @Override
        public void ended() {
            watch(false);
            end(registration);
        }

        private void end(Registration one) {
            registered.remove(one);
            one.over = true;
            tellChanged(one);
        }

        private void watch(boolean now) {
            if (now && !watches) {
                watchers.incrementAndGet();
                interested = true;
            } else if (!now && watches) {
                interestUntilMs = clock.millis() + INTEREST_MS; // first, so that there is no moment without
                watchers.decrementAndGet();
            }
            watches = now;
        }
    }

    // ---- others

    /** Whether a stream that asks for this with these rights may see subscription events. */
    private boolean isWatcher(TopicSelection topics, Grant grant) {
        return on && topics.mayMatchBeginning(folder) && (grant.readsAll() || mayMatch(grant.subscribes().matchers()));
    }

    private boolean mayMatch(List<TopicMatcher> matchers) {
        for (int i = 0; i < matchers.size(); i++) {
            if (matchers.get(i).mayMatchBeginning(folder)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a stream that resumes there may have missed changes. A cursor that a publisher named tells no epoch: up
     * to where this run began it may be of an older one, whose subscriptions all ended without a word.
     */
    private boolean lost(SubscribeRequest request, StartPoint start) {
        if (request.cursor() == null || start.resumed() == StartPoint.Resumed.LIVE
            || !isWatcher(request.topics(), request.grant())) {
            return false;
        }
        boolean named = !request.cursor().startsWith(IdSeal.PREFIX);
        return lostUpTo.get().isAfter(start.cursor()) || named && !start.cursor().isAfter(opening);
    }

    /** Whether events of this kind may be among those of this selection. */
    public boolean mayBeAmong(TopicSelection topics) {
        return on && topics.mayMatchBeginning(folder);
    }

    @Override
    public StartPoint checked(SubscribeRequest request, StartPoint start) {
        return lost(request, start) ? start.withTransientLost(true, later(ring.floor(), lostUpTo.get())) : start;
    }

    /** An event of this kind left the ring: streams that have not got it have lost it. The committer. */
    public void evicted(Position place) {
        lostUpTo.accumulateAndGet(place, Presence::later);
    }

    /** Whether somebody may see a change that is told now. */
    private boolean isInterest() {
        return watchers.get() > 0 || clock.millis() < interestUntilMs;
    }

    /**
     * Whether changes may be left untold from now on; the teller's thread. If somebody had been interested, cursors
     * up to the newest event are no longer exact, and {@code mark} must make a new place, so that those that are given
     * out from then on can be told from them.
     *
     * <p>T1 becomes interested: it sets the time, then the flag. T2 (the teller) takes the flag away, then looks at the
     * time. If T1's time was set before that look, T2 sees it, gives the flag back and tells; if after it, so is T1's
     * flag, and the next change finds it.
     */
    boolean mayStop(Runnable mark) {
        if (isInterest()) {
            return false;
        }
        if (!interested) {
            return true;
        }
        interested = false;
        Position newest = ring.newest().place();
        lostUpTo.accumulateAndGet(new Position(newest.durable(), newest.transients() + 1), Presence::later);
        if (isInterest()) {
            interested = true;
            return false;
        }
        boolean marked = false;
        try {
            mark.run();
            marked = true;
        } finally {
            interested = !marked; // without the mark, new cursors would count as those from before: it is tried again
        }
        return true;
    }

    private static Position later(Position one, Position other) {
        return one.isAfter(other) ? one : other;
    }
}
