package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.event.Event;
import io.rivulet.refusal.Refused;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A topic as its feed sees it. A feed pours events into it while somebody listens and the hub has answered the last
 * pouring: so a slow hub gets fewer events, and no heap of them. Feeds use it, on the thread {@code rivulet-feed}
 * alone.
 */
final class Tap {

    private final Publisher hub;
    private final String topic;
    private final String type;
    private final boolean isPrivate;
    private CompletableFuture<?> under;

    /** Events poured are for everybody, and carry this type; null for none. */
    Tap(Publisher hub, String topic, String type) {
        this(hub, topic, type, false);
    }

    /** The same, perhaps for those with a right to the topic alone. */
    Tap(Publisher hub, String topic, String type, boolean isPrivate) {
        this.hub = hub;
        this.topic = topic;
        this.type = type;
        this.isPrivate = isPrivate;
    }

    String topic() {
        return topic;
    }

    /** Whether anybody listens. */
    boolean isHeard() {
        return hub.isHeard(topic);
    }

    /** Whether pouring is of use now: somebody listens, and the last pouring was answered. */
    boolean isOpen() {
        return (under == null || under.isDone()) && isHeard();
    }

    /** Whether what was poured last is in the hub: false while unanswered, and when it was refused. */
    boolean isTaken() {
        return under == null || under.isDone() && !under.isCompletedExceptionally();
    }

    /** Publishes one event with this data. */
    void pour(JsonObject data) {
        pour(List.of(data));
    }

    /** A number with so many digits after the point at most, as JSON shows it. */
    static BigDecimal rounded(double value, int digits) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).stripTrailingZeros();
        return new BigDecimal(rounded.toPlainString());
    }

    /** Publishes one event for each of these; all of them or none. */
    void pour(List<JsonObject> datas) {
        List<Event> events = new ArrayList<>(datas.size());
        for (JsonObject data : datas) {
            hub.sign(data);
            events.add(Event.on(topic).type(type).markPrivate(isPrivate)
                .data(data.toString().getBytes(StandardCharsets.UTF_8)).build());
        }
        try {
            under = hub.publish(events);
        } catch (Refused e) {
            // the hub is opening, closing or full: a feed has no one to tell, and its next tick is soon
            under = CompletableFuture.failedFuture(e);
        }
    }
}
