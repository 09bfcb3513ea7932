package io.rivulet.hub.publish;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;
import static io.rivulet.refusal.Refused.Reason.RATE_LIMITED;
import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.Nodes;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How many events a second each subject may publish: a bucket that holds {@code publish.burst} tokens and gets {@code
 * publish.rate} of them a second. The hub takes tokens for each publication that keeps the rules. Any thread; the lock
 * is held for the work of a map.
 *
 * <p>An event costs a token for each of its topics: each is looked up in every shard and takes a place in the log's
 * index, so an event of a hundred topics is the work of a hundred events. One event alone never costs more than a whole
 * bucket, or no wait would ever be long enough for it. It costs its tokens also when the queue has no room for it or
 * its key repeats another: it has cost work, too.
 * Of a bucket only one number is kept, the time when it will be full again (the generic cell rate algorithm), and of a
 * full one nothing. So subjects at rest cost no memory.
 *
 * <p>In a cluster the rate is for all nodes together, and no publish waits for another node. Each node tells some times
 * a minute what the busiest spend, and grants a subject what others leave, at least its part of the rate: two nodes at
 * which a subject publishes as fast as it may both grant the half from then on. What nobody has told yet is granted,
 * and so is what is too little to be told.
 */
public final class PublishRates {

    /** Subjects that are not at rest at the same time: 8 MB of them at most. */
    static final int SUBJECTS_MAX = 65_536;

    private static final int SUBJECTS_LEAST = 1_024;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long MS_NS = 1_000_000;
    /** A full map is searched for subjects at rest no more often: that takes milliseconds. */
    private static final long SWEEP_PAUSE_NS = SECOND_NS / 10;
    /** Between two times that other nodes are told. */
    public static final Duration BEAT = Duration.ofSeconds(3);
    /** Who spends less than this part of a node's share of the rate is not told. */
    private static final int UNTOLD = 4;
    private static final int TOLD_MAX = 1_000;

    /** Another one when the settings change. */
    private volatile Limit limit;
    private final LongSupplier nanos;
    private final Metrics metrics;
    private final Map<Grant.Identity, Bucket> buckets = new HashMap<>();
    /** Null in a hub alone. Under the lock, as the two of the beat. */
    private RatesElsewhere elsewhere;
    private int beats;
    private long beatNs;
    private int sweepAt = SUBJECTS_LEAST;
    private long sweptNs;

    /** Of a subject that is not at rest. */
    private static final class Bucket {
        private long fullAtNs;
        /** Tokens that were taken since that beat. */
        private long spent;
        private int beat;

        void take(int tokens, long fullAt, int now) {
            fullAtNs = fullAt;
            spent = (beat == now ? spent : 0) + tokens;
            beat = now;
        }
    }

    /**
     * What one subject may.
     *
     * @param rate    events a second; 0 for any number
     * @param burst   events at once
     * @param tokenNs the time in which one token comes, rounded up; the bucket holds a multiple of it, so its tokens
     *                are whole
     */
    private record Limit(int rate, int burst, long tokenNs) {

        static Limit of(Settings settings) {
            int rate = settings.get(SettingsTable.PUBLISH_RATE);
            return new Limit(rate, settings.get(SettingsTable.PUBLISH_BURST),
                rate == 0 ? 0 : (SECOND_NS + rate - 1) / rate);
        }
    }

    /** The rate and the burst of these settings. */
    public PublishRates(Settings settings, LongSupplier nanos, Metrics metrics) {
        limit = Limit.of(settings);
        settings.onChange(fresh -> {
            Limit next = Limit.of(fresh);
            return () -> limit = next;
        });
        this.nanos = nanos;
        this.metrics = metrics;
        sweptNs = nanos.getAsLong() - SWEEP_PAUSE_NS;
    }

    /** Rates are those of all these nodes together from now on; {@code later} runs a task after a {@link #BEAT}. */
    public synchronized void share(Nodes nodes, Consumer<Runnable> later) {
        elsewhere = new RatesElsewhere(nodes);
        beatNs = nanos.getAsLong();
        later.accept(() -> beat(later));
    }

    private void beat(Consumer<Runnable> later) {
        try {
            later.accept(() -> beat(later)); // first: it goes on where this one fails
        } catch (Refused e) {
            return; // the hub closes
        }
        List<RatesElsewhere.Spending> spending = new ArrayList<>();
        synchronized (this) {
            long nowNs = nanos.getAsLong();
            long elapsedNs = Math.max(1, nowNs - beatNs);
            long least = Math.max(1, (long) limit.rate() / UNTOLD / elsewhere.nodes());
            buckets.forEach((who, bucket) -> {
                long perSecond = bucket.beat == beats ? bucket.spent * SECOND_NS / elapsedNs : 0;
                if (perSecond >= least) {
                    spending.add(new RatesElsewhere.Spending(who, perSecond));
                }
            });
            beatNs = nowNs;
            beats++;
        }
        spending.sort(Comparator.comparingLong(RatesElsewhere.Spending::perSecond).reversed());
        elsewhere.tell(spending.subList(0, Math.min(TOLD_MAX, spending.size())));
    }

    /** The time in which a token comes for this subject here; under the lock. */
    private long tokenNs(Limit now, Grant.Identity subject) {
        long others = elsewhere == null ? 0 : elsewhere.of(subject);
        if (others == 0) {
            return now.tokenNs();
        }
        long rate = Math.max(1, Math.max(now.rate() - others, now.rate() / elsewhere.nodes()));
        return (SECOND_NS + rate - 1) / rate;
    }

    /**
     * Takes the tokens of the events of one request, or none.
     *
     * @throws Refused as {@link #take(Grant, int)}
     */
    public void take(Grant grant, List<Event> events) {
        if (counts(grant)) {
            int tokens = tokens(events);
            ask(grant, events.size() == 1 ? Math.min(limit.burst(), tokens) : tokens, events.size(), true);
        }
    }

    /**
     * The same without a refusal: false where they do not fit now, and nothing is taken. For a publisher who can wait;
     * not more events than {@link #atOnce}, nor would they ever fit.
     */
    public boolean tryTake(Grant grant, List<Event> events) {
        return !counts(grant) || missing(limit, grant, Math.min(limit.burst(), tokens(events)), true) <= 0;
    }

    /** So many tokens are in a full bucket. */
    public int atOnce() {
        Limit now = limit;
        return now.rate() == 0 ? Integer.MAX_VALUE : now.burst();
    }

    private static int tokens(List<Event> events) {
        int tokens = 0;
        for (Event event : events) {
            tokens += Math.max(1, event.topics().size());
        }
        return tokens;
    }

    /**
     * Takes a token for each of so many events of one request, of one topic each, or none.
     *
     * @throws Refused {@code RATE_LIMITED} with the time until all of them would fit; {@code TOO_LARGE} when they
     *                 never would; {@code OVERLOADED} when more subjects publish at once than can be remembered
     */
    void take(Grant grant, int events) {
        if (counts(grant)) {
            ask(grant, events, events, true);
        }
    }

    /** Whether one event would fit now, before its body is read: the same refusals, and nothing is taken. */
    public void check(Grant grant) {
        if (counts(grant)) {
            ask(grant, 1, 1, false);
        }
    }

    /** How many subjects are remembered: for tests. */
    synchronized int remembered() {
        return buckets.size();
    }

    /** The hub's own code, and callers at this machine in dev mode, have no rate. */
    private boolean counts(Grant grant) {
        return limit.rate() > 0 && !grant.isLocal();
    }

    private void ask(Grant grant, int tokens, int events, boolean take) {
        Limit now = limit;
        int rate = now.rate();
        int burst = now.burst();
        if (tokens > burst) {
            throw Refused.because(TOO_LARGE, "the batch holds " + events + " events" + (tokens == events ? ""
                : ", which count as " + tokens + ", once for each topic") + "; one subject may publish at most " + burst
                + " at once (" + SettingsTable.PUBLISH_BURST.fullKey() + ")");
        }
        long waitNs = missing(now, grant, tokens, take);
        if (waitNs > 0) {
            metrics.add(Count.RATE_LIMITED);
            throw Refused.comeBack(RATE_LIMITED, "this subject may publish " + rate + " events a second"
                + (isShared() ? " at all nodes together (" : " (")
                + SettingsTable.PUBLISH_RATE.fullKey() + "), " + burst + " at once ("
                + SettingsTable.PUBLISH_BURST.fullKey() + "), and has; " + (tokens == 1 ? "one fits" : tokens + " fit")
                + " in " + (waitNs + MS_NS - 1) / MS_NS + " ms",
                (int) ((waitNs + SECOND_NS - 1) / SECOND_NS));
        }
    }

    /** The time until so many tokens are there, 0 or less where they are; they are then taken, if asked. */
    private long missing(Limit now, Grant grant, int tokens, boolean take) {
        Grant.Identity subject = grant.identity();
        synchronized (this) {
            long nowNs = nanos.getAsLong();
            long tokenNs = tokenNs(now, subject);
            Bucket known = buckets.get(subject);
            long missingNs = known == null ? 0 : Math.max(0, known.fullAtNs - nowNs);
            long waitNs = missingNs + (tokens - now.burst()) * tokenNs;
            if (waitNs <= 0 && take) {
                if (known == null) {
                    makeRoom(nowNs);
                    known = new Bucket();
                    buckets.put(subject, known);
                }
                known.take(tokens, nowNs + missingNs + tokens * tokenNs, beats);
            }
            return waitNs;
        }
    }

    private synchronized boolean isShared() {
        return elsewhere != null;
    }

    /** Forgets subjects at rest when they may be many: after a sweep as many may come as were left. */
    private void makeRoom(long nowNs) {
        if (buckets.size() < sweepAt) {
            return;
        }
        if (sweepAt < SUBJECTS_MAX || nowNs - sweptNs >= SWEEP_PAUSE_NS) {
            sweptNs = nowNs;
            buckets.values().removeIf(bucket -> bucket.fullAtNs - nowNs <= 0
                && (elsewhere == null || bucket.beat != beats));
            sweepAt = Math.min(SUBJECTS_MAX, Math.max(SUBJECTS_LEAST, buckets.size() * 2));
        }
        if (buckets.size() >= SUBJECTS_MAX) {
            throw Refused.because(OVERLOADED, "more than " + SUBJECTS_MAX + " subjects publish at once; how much each "
                + "of them did cannot be remembered");
        }
    }
}
