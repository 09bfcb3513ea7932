package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.config.BadSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuoteFeedTest {

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void aFileIsReplayedPriceByPriceAndOver() throws IOException {
        FakeHub hub = new FakeHub("quotes/ABC", "quotes/X.Y");
        QuoteFeed feed = QuoteFeed.replaying(hub, Quotes.read(csv("""
            symbol,time,price
            ABC,2000-01-01,39.810
            X.Y,2000-01-01,1
            ABC,2000-02-01,36.35
            """)));
        assertFalse(feed.isSimulated());
        assertEquals(List.of("quotes/ABC", "quotes/X.Y"), feed.topics());
        feed.tick(NOON);
        assertEquals("quote", hub.events.get(0).type());
        assertEquals(List.of("{\"symbol\":\"ABC\",\"time\":\"2000-01-01\",\"price\":39.810}",
            "{\"symbol\":\"X.Y\",\"time\":\"2000-01-01\",\"price\":1}"), hub.taken());
        feed.tick(NOON);
        assertEquals("{\"symbol\":\"ABC\",\"time\":\"2000-02-01\",\"price\":36.35}", hub.taken().get(0));
        feed.tick(NOON);
        assertEquals("{\"symbol\":\"ABC\",\"time\":\"2000-01-01\",\"price\":39.810}", hub.taken().get(0));
    }

    @Test
    void onlyTheSymbolThatIsHeardMovesOn() throws IOException {
        FakeHub hub = new FakeHub("quotes/B");
        QuoteFeed feed = QuoteFeed.replaying(hub, Quotes.read(csv("A,1,1\nB,1,10\nA,2,2\nB,2,20\n")));
        feed.tick(NOON);
        hub.heard.add("quotes/A");
        feed.tick(NOON);
        assertEquals(List.of("{\"symbol\":\"B\",\"time\":\"1\",\"price\":10}",
            "{\"symbol\":\"A\",\"time\":\"1\",\"price\":1}", "{\"symbol\":\"B\",\"time\":\"2\",\"price\":20}"),
            hub.taken());
    }

    @Test
    void whatIsMadeUpSaysSoInEveryEvent() {
        FakeHub hub = new FakeHub();
        QuoteFeed feed = QuoteFeed.simulating(hub, new SplittableRandom(7));
        assertTrue(feed.isSimulated());
        hub.heard.addAll(feed.topics());
        for (int i = 0; i < 10_000; i++) {
            feed.tick(NOON.plusSeconds(i));
        }
        List<JsonObject> quotes = hub.takenJson();
        assertEquals(30_000, quotes.size());
        for (JsonObject quote : quotes) {
            assertTrue(quote.get("simulated").getAsBoolean());
            double price = quote.get("price").getAsDouble();
            assertTrue(price > 50 && price < 200, "stays on the chart: " + price);
        }
    }

    @Test
    void aBadFileStopsTheStartAndTheMessageNamesKeyFileAndLine() throws IOException {
        assertSays("line 2: must be symbol,time,price", csv("A,1,1\nA;2;2\n"));
        assertSays("line 1: the time has up to 40 characters, the price is a number", csv("A,1,1e999999999\n"));
        assertSays("line 1: a symbol is 1 to 16 letters", csv("../a,1,1\n"));
        assertSays("holds no price", csv("symbol,time,price\n"));
        assertSays("cannot be read", folder.resolve("none.csv"));
    }

    private void assertSays(String part, Path file) {
        String said = assertThrows(BadSetting.class, () -> Quotes.read(file)).getMessage();
        assertTrue(said.startsWith("rivulet.feed.quotes is \"" + file) && said.contains(part), said);
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("quotes.csv"), text);
    }
}
