package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.feed.Quotes.Quote;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * {@code quotes/<symbol>}: a price of each symbol every second, from a file over and again, or made up. A made-up price
 * says {@code "simulated":true} in every event. Run by the thread {@code rivulet-feed}.
 */
final class QuoteFeed implements TickingFeed {

    static final String PREFIX = "quotes/";
    static final String TYPE = "quote";
    /** Rivers: no stock has these names, so nobody takes the figures for real ones. */
    private static final List<String> RIVERS = List.of("ELBE", "LOIRE", "TAGUS");
    private static final double FIRST_PRICE = 100;
    /** A thousandth either way each second, and a pull home so that a week of walking stays on the chart. */
    private static final double STEP = 0.001;
    private static final double PULL = 0.0005;
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Map<Tap, Supplier<JsonObject>> sources = new LinkedHashMap<>();
    private final boolean simulated;
    private Instant now;

    private QuoteFeed(boolean simulated) {
        this.simulated = simulated;
    }

    /** Replays these. */
    static QuoteFeed replaying(Publisher hub, Map<String, List<Quote>> bySymbol) {
        QuoteFeed feed = new QuoteFeed(false);
        bySymbol.forEach((symbol, quotes) -> feed.sources.put(tap(hub, symbol), replay(symbol, quotes)));
        return feed;
    }

    /** Walks at random. */
    static QuoteFeed simulating(Publisher hub, RandomGenerator random) {
        QuoteFeed feed = new QuoteFeed(true);
        RIVERS.forEach(symbol -> feed.sources.put(tap(hub, symbol), feed.walk(symbol, random)));
        return feed;
    }

    boolean isSimulated() {
        return simulated;
    }

    @Override
    public List<String> topics() {
        List<String> topics = new ArrayList<>();
        sources.keySet().forEach(tap -> topics.add(tap.topic()));
        return List.copyOf(topics);
    }

    @Override
    public Duration tick(Instant now) {
        this.now = now;
        sources.forEach((tap, source) -> {
            if (tap.isOpen()) {
                tap.pour(source.get());
            }
        });
        return EVERY;
    }

    private static Tap tap(Publisher hub, String symbol) {
        return new Tap(hub, PREFIX + symbol, TYPE);
    }

    private static JsonObject quote(String symbol, String time) {
        JsonObject json = new JsonObject();
        json.addProperty("symbol", symbol);
        json.addProperty("time", time);
        return json;
    }

    private static Supplier<JsonObject> replay(String symbol, List<Quote> quotes) {
        return new Supplier<>() {
            private int next;

            @Override
            public JsonObject get() {
                Quote quote = quotes.get(next);
                next = (next + 1) % quotes.size();
                JsonObject json = quote(symbol, quote.time());
                json.addProperty("price", quote.price());
                return json;
            }
        };
    }

    private Supplier<JsonObject> walk(String symbol, RandomGenerator random) {
        return new Supplier<>() {
            private double price = FIRST_PRICE;

            @Override
            public JsonObject get() {
                price += price * STEP * random.nextGaussian() + (FIRST_PRICE - price) * PULL;
                JsonObject json = quote(symbol, now.truncatedTo(ChronoUnit.MILLIS).toString());
                json.addProperty("price", Tap.rounded(price, 2));
                json.addProperty("simulated", true);
                return json;
            }
        };
    }
}
