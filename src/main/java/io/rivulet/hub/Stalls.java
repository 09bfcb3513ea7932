package io.rivulet.hub;

import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends streams whose sockets take nothing: after {@code rivulet.stall.timeout}, and sooner where they hold memory that
 * others wait for. Looked at with each tick, so a delivery pays nothing. Shard thread only.
 *
 * <p>What counts as progress is what the container tells: that it is ready, or that less of what it was given is left.
 * The kernel reports room only when about a third of the socket's send buffer is free, so a client that takes less than
 * that within the time limit looks like one that takes nothing.
 */
final class Stalls {

    private static final Logger LOG = LoggerFactory.getLogger(Stalls.class);
    /** So long a stream may hold what others wait for without any progress. */
    private static final long PATIENCE_NS = 5_000_000_000L;

    private final Shard shard;
    private final Moment moment;
    private final WriteBudget budget;
    private final CatchUp catchUp;
    private final ShardSetup setup;
    /** Those whose next event is larger than what there was room for, the first first. */
    private final ArrayDeque<Subscriber> line = new ArrayDeque<>();

    Stalls(ShardSetup setup, Shard shard, Moment moment, WriteBudget budget, CatchUp catchUp) {
        this.setup = setup;
        this.shard = shard;
        this.moment = moment;
        this.budget = budget;
        this.catchUp = catchUp;
    }

    /** Puts a stream that is behind into the line of those who wait for room. */
    void awaitRoom(Subscriber s, Writing.Need need) {
        if (s.need == null) {
            line.add(s);
        }
        s.need = need;
    }

    /** Ends whom it must and lets those go on for whom there is room. */
    void tick(List<Subscriber> streams) {
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: who ends is replaced by the last
            Subscriber s = streams.get(i);
            if (s.wait != null && s.state != Subscriber.State.ENDING) {
                look(s);
            }
        }
        goOn(streams);
    }

    private void look(Subscriber s) {
        int left = s.outlet.left();
        if (left != s.wait.left) {
            s.wait.left = left;
            s.wait.progressNs = moment.ns;
        } else if (setup.stallNs() > 0 && stalledNs(s) >= setup.stallNs()) {
            end(s, Ending.STALLED, Count.STALLED);
        }
    }

    private long stalledNs(Subscriber s) {
        return moment.ns - s.wait.progressNs;
    }

    private void end(Subscriber s, Ending why, Count count) {
        setup.metrics().add(count);
        LOG.debug("Stream {} has taken nothing for {} ms and is ended ({})", s.connection(),
            stalledNs(s) / 1_000_000, why.word());
        shard.remove(s, why);
    }

    /** Lets those go on for whose events there is room; many may wait for the same one, which is in memory once. */
    private void goOn(List<Subscriber> streams) {
        Set<Position> places = new HashSet<>();
        long promised = 0;
        boolean mayMakeRoom = true;
        while (!line.isEmpty()) {
            Subscriber first = line.peek();
            Writing.Need need = first.need;
            if (first.state == Subscriber.State.BEHIND && !places.contains(need.place())) {
                if (!budget.hasRoomFor(need.bytes(), promised)) {
                    if (promised > 0 || !mayMakeRoom) {
                        return;
                    }
                    makeRoom(streams, need.bytes());
                    mayMakeRoom = false;
                    continue;
                }
                promised += need.bytes();
                places.add(need.place());
            }
            first.need = null;
            line.poll();
            if (first.state == Subscriber.State.BEHIND) {
                catchUp.enqueue(first);
            }
        }
    }

    /** Ends those who have held the most for the longest, until there is room; never one that makes progress. */
    private void makeRoom(List<Subscriber> streams, int bytes) {
        List<Subscriber> idle = new ArrayList<>();
        for (Subscriber s : streams) {
            if (s.wait != null && s.wait.held != null && stalledNs(s) >= PATIENCE_NS) {
                idle.add(s);
            }
        }
        idle.sort(Comparator.comparingDouble(s -> -(double) s.wait.held.part() * stalledNs(s)));
        for (int i = 0; i < idle.size() && !budget.hasRoomFor(bytes, 0); i++) {
            end(idle.get(i), Ending.MEMORY, Count.CROWDED_OUT);
        }
    }
}
