package io.rivulet.hub.presence;

import io.rivulet.event.Event;
import io.rivulet.hub.stream.Mailbox;
import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
public final class PresenceTeller implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTeller.class);
    private static final int BATCH_EVENTS = 256;
    private static final int BATCH_BYTES = 256 << 10;
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
    private final Mailbox mailbox = new Mailbox(() -> { });
    private final Set<Registration> line = new LinkedHashSet<>();
    private long lineKib;
    /** Bytes of the events since the last tick. */
    private long told;
    /** The events to publish next; kept until they are published. */
    private List<Event> batch;
    private boolean onItsWay;
    private boolean paused;
    private volatile boolean closing;

    /** Nothing to tell yet; {@code publish} publishes events of the hub's own. */
    public PresenceTeller(Presence presence, Function<List<Event>, CompletableFuture<List<String>>> publish) {
        this.presence = presence;
        this.publish = publish;
        thread = new Thread(this, "rivulet-presence");
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
        mailbox.post(() -> join(one));
    }

    /** Time to try again. */
    public void tick() {
        mailbox.post(() -> {
            paused = false;
            told = 0;
        });
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

    @Override
    public void run() {
        while (!closing) {
            try {
                boolean worked = mailbox.read(System::nanoTime);
                worked |= tell();
                if (!worked) {
                    mailbox.sleepUnless(() -> closing);
                }
            } catch (RuntimeException | Error e) {
                paused = true; // until the next tick; what was gathered is offered again
                FaultLog.tell(LOG, "{} could not tell changes of subscriptions; they wait", thread.getName(), e);
            }
        }
        mailbox.close();
    }

    /** A connection that has just come and gone leaves the line again when it is long. */
    private void join(Registration one) {
        if (line.add(one)) {
            lineKib += one.kib();
        }
        if (isUnseen(one)) {
            leave(one);
        }
    }

    private void leave(Registration one) {
        line.remove(one);
        lineKib -= one.kib();
    }

    /** Came and went while there was too much to tell. */
    private boolean isUnseen(Registration one) {
        return one.over && one.begunTold == 0 && (line.size() > LINE_MAX || lineKib > LINE_KIB_MAX);
    }

    /** Sends the next batch, unless one is on its way; false when there is nothing to do. */
    private boolean tell() {
        if (onItsWay || paused || batch == null && (line.isEmpty() || told >= TICK_BYTES)) {
            return false;
        }
        if (batch == null) {
            gather();
        }
        if (batch != null) {
            send();
        }
        return true;
    }

    /** Makes the next batch, or forgets all when nobody may see it: the mark then tells cursors from before apart. */
    private void gather() {
        if (presence.mayStop(() -> batch = List.of(Event.mark()))) {
            line.forEach(one -> one.begunTold = one.over ? one.begunTold : one.size());
            line.clear();
            lineKib = 0;
            return;
        }
        List<Event> events = new ArrayList<>();
        int bytes = 0;
        while (!line.isEmpty() && events.size() < BATCH_EVENTS && bytes < BATCH_BYTES) {
            Registration one = line.iterator().next();
            int turn = 0;
            Event event = next(one);
            while (event != null) {
                events.add(event);
                turn += event.weight();
                boolean over = turn >= TURN_BYTES || events.size() >= BATCH_EVENTS;
                event = over ? null : next(one);
                one.waits |= over;
            }
            bytes += turn;
            leave(one);
            if (one.waits && !one.isTold()) { // the rest comes when all others have had a turn
                join(one);
            }
        }
        told += bytes;
        batch = events.isEmpty() ? null : events;
    }

    /** The next thing to tell of a connection: its beginnings, then its ends; null when all is told. */
    private Event next(Registration one) {
        if (one.begunTold < one.size() && !(one.over && (one.endedTold > 0 || one.waits || isUnseen(one)))) {
            return event(one.get(one.begunTold++), true);
        }
        if (one.over && one.endedTold < one.begunTold) {
            return event(one.get(one.endedTold++), false);
        }
        return null;
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
            answer = publish.apply(batch);
        } catch (Refused e) {
            paused = true; // the queue is full, or the hub closes
            return;
        }
        onItsWay = true;
        answer.whenComplete((ids, failure) -> mailbox.post(() -> sent(failure)));
    }

    /** Failed events are told again: at worst somebody hears twice what is so. */
    private void sent(Throwable failure) {
        onItsWay = false;
        if (failure == null) {
            batch = null;
        } else {
            paused = true;
        }
    }
}
