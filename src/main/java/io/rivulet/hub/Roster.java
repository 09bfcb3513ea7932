package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.topic.TopicIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of one shard: they come, are placed at their cursors, and go. Its thread alone, but for the count. */
final class Roster {

    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final ShardSetup setup;
    private final Moment moment;
    private final Writes writes;
    private final TopicIndex<Subscriber> index = new TopicIndex<>();
    private final List<Subscriber> streams = new ArrayList<>();
    private final AtomicInteger assigned = new AtomicInteger();

    Roster(ShardSetup setup, Moment moment, Writes writes) {
        this.setup = setup;
        this.moment = moment;
        this.writes = writes;
    }

    /** Streams it has or is about to have: counted when they are given to it, so that a burst spreads evenly. */
    AtomicInteger assigned() {
        return assigned;
    }

    /** All that have begun, in an order that changes when one goes: whoever goes is replaced by the last. */
    List<Subscriber> streams() {
        return streams;
    }

    /** Those who may want an event of these topics, each at least once. */
    void forEach(List<String> topics, Consumer<Subscriber> sink) {
        index.forEach(topics, sink);
    }

    /** Adds a new subscriber and the first bytes for it; its place comes later, by {@link #place}. */
    void add(Subscriber s, byte[] prelude) {
        s.slot = streams.size();
        streams.add(s);
        s.writtenNs = moment.ns;
        s.heartbeatNs = moment.ns;
        s.say(prelude);
    }

    /**
     * Places a subscriber at its cursor, which may be ahead of what this shard has dispatched.
     *
     * @return null, or why it has to end at once and come back: its headers said otherwise, or what it begins with is
     *     more than there is room for now
     */
    Ending place(Subscriber s, StartPoint found) {
        Position at = found.cursor();
        index.add(s.request.topics(), s);
        s.indexed = true;
        s.state = Subscriber.State.BEHIND;
        Dialect dialect = s.request.dialect();
        boolean inexact = setup.presence().began(s, found);
        if (inexact && dialect.endsOnLoss()) {
            return Ending.LOSS;
        }
        StartPoint start = inexact ? setup.presence().checked(s.request, found) : found;
        byte[] hello = dialect.hello(s.connection(), () -> setup.names().secretOf(s.admission.connection()),
            s.request.topics(), start);
        if (hello != null) {
            s.say(hello);
        }
        s.seen = at;
        s.placeTold();
        s.transientFrom = start.transientFrom();
        writes.told(s, at);
        if (start.first() != null) {
            return keep(s, start);
        }
        if (setup.handOver().mayGoLive(at, moment.place)) {
            s.state = Subscriber.State.LIVE;
        }
        return null;
    }

    /** The newest of each topic lie before the cursor that follows them, so they cannot be read again. */
    private Ending keep(Subscriber s, StartPoint start) {
        int bytes = start.first().stream().mapToInt(EventFrame::weight).sum();
        if (!writes.budget().hasRoomFor(start.first(), bytes)) {
            return Ending.MEMORY;
        }
        s.kept = writes.budget().hold(start.first(), bytes);
        s.chunk = start.first();
        s.chunkAt = 0;
        s.chunkEnd = start.afterFirst();
        s.seen = Position.START;
        return null;
    }

    /** Ends and forgets a subscriber. Idempotent. */
    void remove(Subscriber s, Ending why) {
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        if (s.indexed) {
            index.remove(s.request.topics(), s);
        }
        s.state = Subscriber.State.ENDED;
        s.endsBy(why);
        if (s.slot >= 0) {
            Subscriber last = streams.remove(streams.size() - 1);
            if (last != s) {
                streams.set(s.slot, last);
                last.slot = s.slot;
            }
        }
        writes.end(s);
        assigned.decrementAndGet();
        setup.ended().accept(s);
        try {
            s.outlet.end();
        } catch (RuntimeException e) {
            LOG.warn("The response of stream {} could not be ended", s.connection(), e);
        }
    }
}
