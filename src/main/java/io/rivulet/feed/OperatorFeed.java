package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The topics below {@code rivulet/}, for those who operate the hub: what it does, who is connected, what it keeps. Run
 * by the thread {@code rivulet-feed}.
 *
 * <p>While no operator listens nobody is asked anything: a tick is a look into a map for each topic. What must be asked
 * of other threads is waited for by the next ticks, and no question is asked again before it was answered. So a hub
 * that is slow is not asked more.
 */
final class OperatorFeed implements TickingFeed {

    static final Duration EVERY = Duration.ofMillis(250);
    /** Topics below a beginning that are served at once, at most. */
    static final int BELOW_MAX = 16;
    /** Nobody is asked more often than every second, however many come. */
    private static final int FRESH_TICKS = 4;

    /**
     * What is told at a topic.
     *
     * @param topic the topic, or the beginning of many, with a slash at its end
     * @param type  of its events
     * @param ticks between two of them
     * @param ask   asks for the next one of this topic; null for none
     */
    record Source(String topic, String type, int ticks, Function<String, CompletableFuture<JsonObject>> ask) {

        boolean isBeginning() {
            return topic.endsWith("/");
        }
    }

    /** A topic that somebody listens to. */
    private static final class Served {
        private final Source source;
        private final Tap tap;
        private int ticksLeft;
        private int namers;
        private CompletableFuture<JsonObject> asked;

        Served(Source source, Tap tap) {
            this.source = source;
            this.tap = tap;
        }
    }

    private final Publisher hub;
    private final List<Source> sources;
    private final Map<String, Served> served = new HashMap<>();

    OperatorFeed(Publisher hub, List<Source> sources) {
        this.hub = hub;
        this.sources = sources;
    }

    @Override
    public List<String> topics() {
        return List.of();
    }

    @Override
    public Duration tick(Instant now) {
        boolean anybody = false;
        for (Source source : sources) {
            if (!source.isBeginning() && hub.isHeard(source.topic())) {
                anybody = true;
                serve(source, source.topic());
            }
        }
        for (Source source : sources) {
            if (anybody && source.isBeginning()) {
                hub.heardBelow(source.topic(), BELOW_MAX).forEach(topic -> serve(source, topic));
            }
        }
        served.values().removeIf(each -> !each.tap.isHeard());
        return EVERY;
    }

    private void serve(Source source, String topic) {
        Served one = served.computeIfAbsent(topic, t -> new Served(source, new Tap(hub, t, source.type(), true)));
        one.ticksLeft--;
        int namers = hub.namers(topic);
        if (namers > one.namers) {
            // a page that was loaded anew: the hub has not noticed yet that its stream of before is gone
            int since = source.ticks() - one.ticksLeft;
            one.ticksLeft = Math.min(one.ticksLeft, FRESH_TICKS - since);
        }
        one.namers = namers;
        if (one.asked == null && one.ticksLeft <= 0 && one.tap.isOpen()) {
            one.ticksLeft = source.ticks();
            one.asked = ask(source, topic);
        }
        if (one.asked != null && one.asked.isDone()) {
            JsonObject answer = one.asked.isCompletedExceptionally() ? null : one.asked.join();
            one.asked = null;
            if (answer != null) {
                one.tap.pour(answer);
            }
        }
    }

    private static CompletableFuture<JsonObject> ask(Source source, String topic) {
        try {
            return source.ask().apply(topic);
        } catch (Refused e) {
            return null; // the hub is opening, closing or full; the next one is soon
        }
    }
}
