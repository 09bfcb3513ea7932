package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeedsTest {

    private static final List<String> ALWAYS =
        List.of("clock", "earthquakes", "quotes/ELBE", "quotes/LOIRE", "quotes/TAGUS");

    @Test
    void withoutSettingsThereIsNothingOfThisMachine() {
        assertEquals(ALWAYS, feeds(Settings.with(), new FakeHub()).topics());
    }

    @Test
    void devModeAddsTheAccessLogAndTheHost() {
        assertEquals(with("logs/access", "host"), feeds(Settings.with("dev", "true"), new FakeHub()).topics());
    }

    @Test
    void settingsAddLogsAndTheHost() {
        Settings named = Settings.with("feed.log.app", "/var/log/app.log", "feed.host", "true");
        assertEquals(with("logs/app", "host"), feeds(named, new FakeHub()).topics());
        assertEquals(with("logs/access"),
            feeds(Settings.with("dev", "true", "feed.host", "false"), new FakeHub()).topics());
    }

    @Test
    void oneThreadRunsThemAndCloseEndsIt() throws InterruptedException {
        FakeHub hub = new FakeHub("clock", "host");
        Feeds feeds = feeds(Settings.with("dev", "true"), hub);
        feeds.start();
        assertTrue(runs());
        hub.await(2);
        feeds.close();
        feeds.close();
        assertFalse(runs());
    }

    @Test
    void aFeedThatFailsDoesNotEndTheOthers() throws InterruptedException {
        FakeHub hub = new FakeHub("clock") {
            @Override
            public boolean isHeard(String topic) {
                if (topic.equals("earthquakes")) {
                    throw new IllegalStateException("on purpose, and logged");
                }
                return super.isHeard(topic);
            }
        };
        try (Feeds feeds = feeds(Settings.with(), hub)) {
            feeds.start();
            hub.await(2);
        }
    }

    private static Feeds feeds(Settings settings, Publisher hub) {
        return new Feeds(settings, hub, InstantSource.system(), Path.of("access.log"));
    }

    private static List<String> with(String... more) {
        List<String> topics = new java.util.ArrayList<>(ALWAYS);
        topics.addAll(List.of(more));
        return topics;
    }

    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("rivulet-feed"));
    }
}
