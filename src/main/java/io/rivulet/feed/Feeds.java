package io.rivulet.feed;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.hub.Hub;
import io.rivulet.hub.publish.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All feeds that the settings name, and the one thread that runs them. {@code Assembly} builds and starts them, and
 * closes them before the hub. The home page asks for their topics, on any thread.
 */
public final class Feeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final long END_MAX_MS = 2_000;
    private static final String ACCESS = "access";

    private final InstantSource clock;
    private final List<TickingFeed> feeds = new ArrayList<>();
    private final QuoteFeed quotes;
    private ScheduledThreadPoolExecutor executor;
    private Thread thread;

    /**
     * Builds the feeds; nothing runs before {@link #start}.
     *
     * @param accessLog this hub's own access log, which {@code logs/access} follows in dev mode; null for none
     * @throws io.rivulet.config.BadSetting when the file of {@code rivulet.feed.quotes} cannot be read
     */
    public Feeds(Settings settings, Hub hub, InstantSource clock, Path accessLog) {
        this(settings, throughHub(hub), clock, accessLog);
    }

    Feeds(Settings settings, Publisher hub, InstantSource clock, Path accessLog) {
        this.clock = clock;
        boolean dev = settings.get(SettingsTable.DEV);
        feeds.add(new ClockFeed(hub));
        feeds.add(new EarthquakeFeed(hub, settings.get(SettingsTable.FEED_EARTHQUAKES_SPEED)));
        quotes = settings.get(SettingsTable.FEED_QUOTES)
            .map(file -> QuoteFeed.replaying(hub, Quotes.read(Path.of(file))))
            .orElseGet(() -> QuoteFeed.simulating(hub, new SplittableRandom()));
        feeds.add(quotes);
        Map<String, String> logs = new TreeMap<>(settings.followedLogs());
        if (dev && accessLog != null) {
            logs.putIfAbsent(ACCESS, accessLog.toString());
        }
        logs.forEach((name, path) -> feeds.add(new LogFeed(hub, name, Path.of(path))));
        if (settings.isOn(SettingsTable.FEED_HOST)) {
            feeds.add(new HostFeed(hub));
        }
    }

    /** Starts the thread {@code rivulet-feed}. Once. */
    public synchronized void start() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            thread = new Thread(task, "rivulet-feed");
            thread.setDaemon(true);
            return thread;
        }, new ThreadPoolExecutor.DiscardPolicy());
        for (TickingFeed feed : feeds) {
            schedule(executor, feed, Duration.ZERO);
        }
    }

    /** Every topic that a feed publishes to, feed by feed. Any thread. */
    public List<String> topics() {
        List<String> topics = new ArrayList<>();
        feeds.forEach(feed -> topics.addAll(feed.topics()));
        return topics;
    }

    /** Whether the prices at {@code quotes/} are made up. Any thread. */
    public boolean quotesAreSimulated() {
        return quotes.isSimulated();
    }

    /** Ends the thread and waits for it, at most two seconds. Idempotent. */
    @Override
    public synchronized void close() {
        if (executor == null) {
            return;
        }
        // no interrupt: a tick never waits, and an interrupted read would close the file under it and look like a fault
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.shutdown();
        try {
            // the thread itself, not the executor's word: a container counts threads the moment this returns
            thread.join(END_MAX_MS);
            if (thread.isAlive()) {
                LOG.warn("the thread rivulet-feed did not end within {} ms", END_MAX_MS);
            } else {
                feeds.forEach(TickingFeed::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor = null;
    }

    /** Each feed asks for its next tick by a time to wait, so a changed wall clock delays nothing. */
    private void schedule(ScheduledThreadPoolExecutor on, TickingFeed feed, Duration wait) {
        on.schedule(() -> schedule(on, feed, tick(feed)), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Duration tick(TickingFeed feed) {
        try {
            return feed.tick(clock.instant());
        } catch (RuntimeException | Error e) {
            // the executor would keep it to itself, and the feed would be silent for ever
            LOG.warn("the feed of {} failed and goes on in {} s", feed.topics(), AFTER_FAILURE.toSeconds(), e);
            return AFTER_FAILURE;
        }
    }

    private static Publisher throughHub(Hub hub) {
        return new Publisher() {
            @Override
            public CompletableFuture<List<String>> publish(List<Event> events) {
                return hub.publish(new Publication(events, Grant.INTERNAL, null));
            }

            @Override
            public boolean isHeard(String topic) {
                return hub.isHeard(topic);
            }
        };
    }
}
