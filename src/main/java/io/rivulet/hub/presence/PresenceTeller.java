package io.rivulet.hub.presence;

import io.rivulet.event.Event;
import io.rivulet.hub.stream.Mailbox;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the changes of active subscriptions as events, in their order. Shards report changes, on any thread; its
 * own thread, {@code rivulet-presence}, publishes, so that no shard ever waits.
 *
 * <p>One batch is on its way at a time. While the publish queue is full the batch is offered again at each tick, and
 * later changes gather. Their number is bounded: a connection is in the line once, however often it changes, and while
 * the line is long or heavy a connection that came and went unseen is not told at all. In the end the list and the last
 * event of each subscription agree.
 *
 * <p>What is told is bounded in bytes as well. A subscription of 4 KB is told in events of up to 56 KB, since its text
 * stands there encoded, four times over. So a connection tells so much in its turn and then waits behind the others;
 * if it is gone by then, only the ends of what was told follow. All together tell so much between two ticks. A stranger
 * who comes and goes with many large subscriptions so costs the watchers and the ring little, and delays nobody's news.
 */
public final class PresenceTeller {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTeller.class);
    private static final int BATCH_EVENTS = 256;
    private static final int BATCH_BYTES = 256 << 10;
    /** Of one round, so that what is in the line is told meanwhile. */
    private static final int JOIN_MAX = 1_024;
    private static final int LINE_MAX = 10_000;
    /** What those in the line keep alive, before those who came and went unseen leave it. */
    private static final long LINE_KIB_MAX = 4 << 10;
    /** Bytes of one connection's turn: some ten ordinary subscriptions, or one large one. */
    static final int TURN_BYTES = 16 << 10;
    /** Bytes of all events between two ticks: some thousand ordinary ones, twice a second. */
    static final int TICK_BYTES = 1 << 20;

    private final Presence presence;
    private final Function<List<Event>, CompletableFuture<List<String>>> publish;
    private final Thread thread;
    /** For its sleep alone. */
    private final Mailbox mailbox = new Mailbox(() -> { });
    private final Queue<Registration> changed = new ConcurrentLinkedQueue<>();
    private volatile boolean ticked;
    private final Set<Registration> line = new LinkedHashSet<>();
    private long lineKib;
    /** Bytes of the events since the last tick. */
    private long told;
    /** The events to publish next; kept until they are published. */
    private final List<Event> batch = new ArrayList<>(BATCH_EVENTS);
    /** The answer to the batch while it is on its way; else null. */
    private CompletableFuture<List<String>> onItsWay;
    private boolean paused;
    /** Whether a round has begun and not come to its end. */
    private boolean inRound;
    private volatile boolean closing;

    /** Nothing to tell yet; {@code publish} publishes events of the hub's own. */
    public PresenceTeller(Presence presence, Function<List<Event>, CompletableFuture<List<String>>> publish) {
        this.presence = presence;
        this.publish = publish;
        thread = new Thread(this::run, "rivulet-presence");
        thread.setDaemon(true);
        mailbox.ownedBy(thread);
    }

    // ---- any thread

    /** Starts its thread. */
    public void start() {
        thread.start();
    }

    /** A connection has begun or ended. */
    public void changed(Registration one) {
        changed.add(one);
        mailbox.wake();
    }

    /** Time to try again. */
    public void tick() {
        ticked = true;
        mailbox.wake();
    }

    /** Ends its thread, and waits for that at most {@code millis}. */
    public void close(long millis) throws InterruptedException {
        end();
        thread.join(millis);
    }

    /** Lets its thread end; does not wait. */
    public void end() {
        closing = true;
        mailbox.wake();
    }

    // ---- its own thread

    /** Tells to the end, whatever a round meets: else the list and its events would disagree for ever. */
    private void run() {
        LastingLoop.run(LOG, "{} could not tell changes of subscriptions; they wait", thread.getName(), this::round);
    }

    private boolean round() {
        paused |= inRound; // the one before failed: until the next tick; what was gathered is offered again
        inRound = true;
        if (ticked) {
            ticked = false;
            paused = false;
            told = 0;
        }
        boolean worked = joinChanged();
        worked |= tell();
        inRound = false;
        if (!worked) {
            mailbox.sleepUnless(() -> closing || ticked || !changed.isEmpty() || isAnswered());
        }
        return !closing;
    }

    /** Those that have changed join the line; one that cannot now does in the next round. */
    private boolean joinChanged() {
        Registration one = changed.peek();
        boolean some = one != null;
        for (int n = 0; one != null && n < JOIN_MAX; n++) {
            join(one);
            changed.poll();
            one = changed.peek();
        }
        return some;
    }

    /** A connection that has just come and gone leaves the line again when it is long. */
    private void join(Registration one) {
        int kib = one.kib();
        if (line.add(one)) {
            lineKib += kib;
        }
        if (isUnseen(one)) {
            leave(one);
        }
    }

    private void leave(Registration one) {
        int kib = one.kib();
        if (line.remove(one)) {
            lineKib -= kib;
        }
    }

    /** Came and went while there was too much to tell. */
    private boolean isUnseen(Registration one) {
        return one.over && one.begunTold == 0 && (line.size() > LINE_MAX || lineKib > LINE_KIB_MAX);
    }

    /** Sends the next batch, unless one is on its way; false when there is nothing to do. */
    private boolean tell() {
        if (isAnswered()) {
            answered();
        }
        if (onItsWay != null || paused || batch.isEmpty() && (line.isEmpty() || told >= TICK_BYTES)) {
            return false;
        }
        if (batch.isEmpty()) {
            gather();
        }
        if (!batch.isEmpty()) {
            send();
        }
        return true;
    }

    /**
     * Makes the next batch, or forgets all when nobody may see it: the mark then tells cursors from before apart. Each
     * event is in the batch before it counts as told. So where something fails half-way, the batch has what it has.
     */
    private void gather() {
        if (presence.mayStop(() -> batch.add(Event.mark()))) {
            line.forEach(one -> one.begunTold = one.over ? one.begunTold : one.size());
            line.clear();
            lineKib = 0;
            return;
        }
        long upTo = told + BATCH_BYTES;
        while (!line.isEmpty() && batch.size() < BATCH_EVENTS && told < upTo) {
            Registration one = line.iterator().next();
            int turn = 0;
            int weight = tellNext(one);
            while (weight > 0) {
                turn += weight;
                boolean over = turn >= TURN_BYTES || batch.size() >= BATCH_EVENTS;
                weight = over ? 0 : tellNext(one);
                one.waits |= over;
            }
            leave(one);
            if (one.waits && !one.isTold()) { // the rest comes when all others have had a turn
                join(one);
            }
        }
    }

    /** The next thing to tell of a connection: its beginnings, then its ends. Returns its weight; 0: all is told. */
    private int tellNext(Registration one) {
        boolean begins = one.begunTold < one.size()
            && !(one.over && (one.endedTold > 0 || one.waits || isUnseen(one)));
        if (!begins && !(one.over && one.endedTold < one.begunTold)) {
            return 0;
        }
        Event event = event(one.get(begins ? one.begunTold : one.endedTold), begins);
        int weight = event.weight();
        batch.add(event);
        one.begunTold += begins ? 1 : 0;
        one.endedTold += begins ? 0 : 1;
        told += weight;
        return weight;
    }

    private Event event(ActiveSubscription of, boolean active) {
        String hub = presence.hub();
        return Event.on(SubscriptionDocument.topic(hub, of)).topic(SubscriptionDocument.legacyTopic(hub, of))
            .type("mercure").markPrivate(true)
            .data(SubscriptionDocument.json(hub, of, active))
            .legacyData(SubscriptionDocument.legacyJson(hub, of, active, null)).build();
    }

    private void send() {
        CompletableFuture<List<String>> answer;
        try {
            answer = publish.apply(List.copyOf(batch));
        } catch (Refused e) {
            paused = true; // the queue is full, or the hub closes
            return;
        }
        answer.whenComplete((ids, failure) -> mailbox.wake()); // the next tick finds it, too, where this fails
        onItsWay = answer;
    }

    private boolean isAnswered() {
        return onItsWay != null && onItsWay.isDone();
    }

    /** Failed events are told again: at worst somebody hears twice what is so. */
    private void answered() {
        if (onItsWay.isCompletedExceptionally()) {
            paused = true;
        } else {
            batch.clear();
        }
        onItsWay = null;
    }
}
