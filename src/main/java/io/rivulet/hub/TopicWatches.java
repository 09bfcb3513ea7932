package io.rivulet.hub;

import io.rivulet.event.Event;
import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What code in the same JVM wants to know of single topics: that one was cancelled or has ended, and that nobody has
 * heard one for some time. {@link Hub} has one; any thread. The watchers are called on a thread of the hub's that
 * serves all of them.
 */
public final class TopicWatches {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatches.class);
    /** Of each kind; one takes some hundred bytes. */
    static final int WATCHES_MAX = 10_000;
    /** The least time without a listener that can be noticed, which is also how often it is looked for at most. */
    public static final Duration UNHEARD_MIN = Duration.ofSeconds(1);
    /** A longer one would never be over. */
    public static final Duration UNHEARD_MAX = Duration.ofDays(30);
    private static final Duration LOOK_MAX = Duration.ofSeconds(5);
    /** Looks within the time that is waited for. */
    private static final int LOOKS = 8;

    private final Predicate<String> isHeard;
    private final Alarms alarms;
    private final LongSupplier nanos;
    private volatile Function<String, CompletableFuture<Boolean>> elsewhere =
        topic -> CompletableFuture.completedFuture(false);
    /** Few, and none is ever taken out. */
    private final Map<String, Consumer<Event>> publishes = new ConcurrentHashMap<>();
    /** By topic; guarded by this, as are the two numbers. */
    private final Map<String, List<Watch>> stops = new HashMap<>();
    private int stopWatches;
    private int unheardWatches;

    /** Is closed without an exception. */
    public interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    /** What happened to a topic. */
    public enum Stop {
        /** Somebody asked its publisher to stop; the last word is still to come. */
        CANCELLED,
        /** Nothing comes any more. */
        ENDED,
        /** The hub closes. */
        CLOSED
    }

    /** Is told of it; must not block. */
    public interface Watch {
        /** It happened just now. */
        void stopped(Stop why);
    }

    TopicWatches(Predicate<String> isHeard, Alarms alarms, LongSupplier nanos) {
        this.isHeard = isHeard;
        this.alarms = alarms;
        this.nanos = nanos;
    }

    /** Streams of other nodes hear topics, too: this asks them. It may fail, which counts as being heard. */
    void share(Function<String, CompletableFuture<Boolean>> isHeardElsewhere) {
        elsewhere = isHeardElsewhere;
    }

    /**
     * Tells this watch when the topic is cancelled or ends, until it is closed.
     *
     * @throws Refused OVERLOADED when there are too many
     */
    public synchronized Closing onStop(String topic, Watch watch) {
        checkRoom(stopWatches);
        stops.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(watch);
        stopWatches++;
        return () -> remove(topic, watch);
    }

    private synchronized void remove(String topic, Watch watch) {
        List<Watch> those = stops.get(topic);
        if (those != null && those.remove(watch)) {
            stopWatches--;
            if (those.isEmpty()) {
                stops.remove(topic);
            }
        }
    }

    private static void checkRoom(int watches) {
        if (watches >= WATCHES_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED, watches + " topics are watched, the most that may be");
        }
    }

    /** A topic was cancelled or has ended; on the hub's thread for answers. */
    public void stopped(String topic, Stop why) {
        List<Watch> those;
        synchronized (this) {
            those = List.copyOf(stops.getOrDefault(topic, List.of()));
        }
        tell(topic, those, why);
    }

    /** The hub closes: whoever publishes piece by piece lets go. */
    void close() {
        Map<String, List<Watch>> all = new HashMap<>();
        synchronized (this) {
            stops.forEach((topic, those) -> all.put(topic, List.copyOf(those)));
        }
        all.forEach((topic, those) -> tell(topic, those, Stop.CLOSED));
    }

    private static void tell(String topic, List<Watch> those, Stop why) {
        for (Watch watch : those) {
            try {
                watch.stopped(why);
            } catch (RuntimeException | Error e) {
                FaultLog.tell(LOG, "What watches the topic {} failed", Printable.of(topic), e);
            }
        }
    }

    /** Shows this each event that is published to the topic, on a thread of the hub's; for the hub's own feeds. */
    public void onPublish(String topic, Consumer<Event> show) {
        publishes.put(topic, show);
    }

    /** These events were published to somebody's wish. */
    void published(List<Event> events) {
        for (Event event : events) {
            Consumer<Event> show = publishes.get(event.topics().get(0));
            if (show != null) {
                show.accept(event);
            }
        }
    }

    /** Whether the publish of one of these is watched; few topics are. */
    boolean sees(List<Event> events) {
        for (Event event : events) {
            if (publishes.containsKey(event.topics().get(0))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs this each time that no open stream would have got an event of the topic for so long, until it is closed.
     *
     * @throws Refused MALFORMED for a time that is too short or too long, OVERLOADED when there are too many
     */
    public Closing onUnheard(String topic, Duration time, Runnable task) {
        if (time.compareTo(UNHEARD_MIN) < 0 || time.compareTo(UNHEARD_MAX) > 0) {
            throw Refused.malformed("a topic is unheard for " + UNHEARD_MIN.toSeconds() + " s to "
                + UNHEARD_MAX.toDays() + " days, not for " + time.toMillis() + " ms");
        }
        synchronized (this) {
            checkRoom(unheardWatches);
            unheardWatches++;
        }
        Unheard watch = new Unheard(topic, time, task);
        boolean begun = false;
        try {
            watch.lookLater();
            begun = true;
        } finally {
            if (!begun) {
                watch.close();
            }
        }
        return watch;
    }

    /** Looks again and again whether somebody hears its topic; on the thread of the alarms. */
    private final class Unheard implements Closing {
        private final String topic;
        private final long timeNs;
        private final Duration pause;
        private final Runnable task;
        /** Since when nobody has heard it, or was asked for; of the thread of the alarms, but for the first value. */
        private long sinceNs = nanos.getAsLong();
        /** Whether somebody hears it at another node; null while nobody asks. */
        private CompletableFuture<Boolean> asked;
        /** Whether it was told of this silence. */
        private boolean told;
        /** Guarded by this, as is the alarm. */
        private boolean closed;
        private Runnable alarm;

        Unheard(String topic, Duration time, Runnable task) {
            this.topic = topic;
            this.timeNs = time.toNanos();
            Duration part = time.dividedBy(LOOKS);
            this.pause = part.compareTo(UNHEARD_MIN.dividedBy(2)) < 0 ? UNHEARD_MIN.dividedBy(2)
                : part.compareTo(LOOK_MAX) > 0 ? LOOK_MAX : part;
            this.task = task;
        }

        synchronized void lookLater() {
            if (!closed) {
                alarm = alarms.after(pause, this::look);
            }
        }

        private void look() {
            try {
                if (isHeard.test(topic)) {
                    asked = null;
                    heard();
                } else if (nanos.getAsLong() - sinceNs >= timeNs) {
                    lookElsewhere();
                }
            } finally {
                again();
            }
        }

        private void heard() {
            sinceNs = nanos.getAsLong();
            told = false;
        }

        /** Asks the other nodes, which a later look hears if not this one. */
        private void lookElsewhere() {
            asked = asked == null ? ask() : asked;
            if (!asked.isDone()) {
                return;
            }
            boolean isHeardThere = asked.isCompletedExceptionally() || asked.join();
            asked = null;
            if (isHeardThere) {
                heard();
                return;
            }
            sinceNs = nanos.getAsLong(); // it is asked for again: somebody may come
            if (!told) {
                told = true; // first: a task that throws is not run twice for one silence
                task.run();
            }
        }

        private CompletableFuture<Boolean> ask() {
            try {
                return elsewhere.apply(topic);
            } catch (Refused e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void again() {
            try {
                lookLater();
            } catch (Refused e) {
                close(); // the hub is closing: there is nobody to listen any more
            }
        }

        @Override
        public void close() {
            Runnable set;
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                set = alarm;
            }
            if (set != null) {
                set.run();
            }
            synchronized (TopicWatches.this) {
                unheardWatches--;
            }
        }
    }
}
