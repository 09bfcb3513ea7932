package io.rivulet.hub.stream;

import io.rivulet.event.Position;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.stream.feed.WriteBudget;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends streams whose sockets take nothing: after {@code rivulet.stall.timeout}, and sooner where they hold memory that
 * others wait for. It looks with each tick, so a delivery pays nothing. Shard thread.
 *
 * <p>Progress is what the container tells: it is ready, or less of the bytes it was given is left. The kernel reports
 * room only when about a third of the socket's send buffer is free. So a client that takes less than that within the
 * time limit looks like one that takes nothing.
 */
final class Stalls {

    private static final Logger LOG = LoggerFactory.getLogger(Stalls.class);
    /** So long a stream without progress may hold memory that others wait for. */
    private static final long PATIENCE_NS = 5_000_000_000L;

    private final Round round;
    private final WriteBudget budget;
    private final Metrics metrics;
    private final long stallNs;
    private final BiConsumer<Subscriber, EndReason> remove;
    private final Consumer<Subscriber> goOn;
    /** Streams for whose next event there was no room, in order, and that event. */
    private final Map<Subscriber, WriteBudget.Need> waiting = new LinkedHashMap<>();

    /**
     * No stream waits.
     *
     * @param stallNs a stream whose socket takes nothing for so long is ended; 0 for never
     * @param remove  ends a stream at once
     * @param goOn    puts a stream into the line of those that are fed
     */
    Stalls(Round round, WriteBudget budget, Metrics metrics, long stallNs, BiConsumer<Subscriber, EndReason> remove,
           Consumer<Subscriber> goOn) {
        this.round = round;
        this.budget = budget;
        this.metrics = metrics;
        this.stallNs = stallNs;
        this.remove = remove;
        this.goOn = goOn;
    }

    /** Puts a stream that is behind among those that wait for room. */
    void awaitRoom(Subscriber s, WriteBudget.Need need) {
        waiting.put(s, need);
    }

    /** Ends those it must, and lets those go on for which there is room. */
    void tick(List<Subscriber> streams) {
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: one that ends is replaced by the last
            Subscriber s = streams.get(i);
            if (s.hasLeft()) { // there was no memory to say so, perhaps
                remove.accept(s, s.ending());
            } else if (s.socketWait() != null && !s.isEnding()) {
                look(s);
            }
        }
        goOn(streams);
    }

    /** Ends a stream without progress for longer than the time limit. */
    private void look(Subscriber s) {
        if (!s.socketWait().hasProgressed(s.outlet().left(), round.ns()) && stallNs > 0 && stalledNs(s) >= stallNs) {
            end(s, EndReason.STALLED, Count.STALLED);
        }
    }

    private long stalledNs(Subscriber s) {
        return s.socketWait().sinceProgressNs(round.ns());
    }

    private void end(Subscriber s, EndReason why, Count count) {
        metrics.add(count);
        LOG.debug("Stream {} has taken nothing for {} ms and is ended ({})", s.connection(),
            stalledNs(s) / 1_000_000, why.word());
        remove.accept(s, why);
    }

    /**
     * Lets streams go on for whose events there is room, in their order, so that a large event is not passed over for
     * ever. Many may wait for the same event, which is in memory once.
     */
    private void goOn(List<Subscriber> streams) {
        Set<Position> places = new HashSet<>();
        long promised = 0;
        boolean mayMakeRoom = true;
        while (!waiting.isEmpty()) {
            Map.Entry<Subscriber, WriteBudget.Need> first = waiting.entrySet().iterator().next();
            Subscriber s = first.getKey();
            WriteBudget.Need need = first.getValue();
            if (s.stage() == Subscriber.Stage.BEHIND && !places.contains(need.place())) {
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
            if (s.stage() == Subscriber.Stage.BEHIND) {
                goOn.accept(s);
            }
            waiting.remove(s);
        }
    }

    /** Ends those that have held the most for the longest, until there is room; never one that makes progress. */
    private void makeRoom(List<Subscriber> streams, int bytes) {
        List<Subscriber> idle = new ArrayList<>();
        for (Subscriber s : streams) {
            if (s.socketWait() != null && s.socketWait().held() != null && stalledNs(s) >= PATIENCE_NS) {
                idle.add(s);
            }
        }
        idle.sort(Comparator.comparingDouble(s -> -(double) s.socketWait().held().part() * stalledNs(s)));
        for (int i = 0; i < idle.size() && !budget.hasRoomFor(bytes, 0); i++) {
            end(idle.get(i), EndReason.MEMORY, Count.CROWDED_OUT);
        }
    }
}
