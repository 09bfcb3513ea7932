package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.hub.Hub;
import io.rivulet.hub.TopicWatches;
import io.rivulet.hub.publish.Publication;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    private final List<Scheduled> feeds = new ArrayList<>();
    private final QuoteFeed quotes;
    private final boolean answers;
    private final Thread thread = new Thread(this::run, "rivulet-feed");
    /** Null in tests. */
    private final OperatorSources operators;
    private final Publisher hub;
    private volatile boolean ended;

    /** A feed, and when its next tick is due, by {@link System#nanoTime}. The thread's own. */
    private static final class Scheduled {
        private final TickingFeed feed;
        private long dueNs;

        Scheduled(TickingFeed feed) {
            this.feed = feed;
        }
    }

    /**
     * Builds the feeds; nothing runs before {@link #start}.
     *
     * @param accessLog this hub's own access log, which {@code logs/access} follows in dev mode; null for none
     * @throws io.rivulet.config.BadSetting when the file of {@code rivulet.feed.quotes} cannot be read
     */
    public Feeds(Settings settings, Hub hub, InstantSource clock, Path accessLog) {
        this(settings, throughHub(hub), clock, accessLog, new OperatorSources(hub, settings, clock));
        add(new OperatorFeed(this.hub, operators.all()));
    }

    Feeds(Settings settings, Publisher hub, InstantSource clock, Path accessLog) {
        this(settings, hub, clock, accessLog, null);
    }

    private Feeds(Settings settings, Publisher hub, InstantSource clock, Path accessLog, OperatorSources operators) {
        this.clock = clock;
        this.hub = hub;
        this.operators = operators;
        boolean dev = settings.get(SettingsTable.DEV);
        add(new ClockFeed(hub));
        add(new EarthquakeFeed(hub, settings.get(SettingsTable.FEED_EARTHQUAKES_SPEED)));
        quotes = settings.get(SettingsTable.FEED_QUOTES)
            .map(file -> QuoteFeed.replaying(hub, Quotes.read(Path.of(file))))
            .orElseGet(() -> QuoteFeed.simulating(hub, new SplittableRandom()));
        add(quotes);
        Map<String, String> logs = new TreeMap<>(settings.followedLogs());
        if (dev && accessLog != null) {
            logs.putIfAbsent(ACCESS, accessLog.toString());
        }
        logs.forEach((name, path) -> {
            boolean isPublic = settings.isPublicLog(name);
            LOG.info("{}{} follows {}: {}", LogFeed.PREFIX, name, path, isPublic ? "everybody may read it"
                : "private, " + SettingsTable.FEED_LOGS_PUBLIC.fullKey() + "=" + name + " opens it to everybody");
            add(new LogFeed(hub, name, Path.of(path), isPublic));
        });
        if (settings.isOn(SettingsTable.FEED_HOST)) {
            add(new HostFeed(hub));
        }
        answers = settings.isOn(SettingsTable.FEED_ANSWERS);
        if (answers) {
            add(new AnswerFeed(hub));
        }
        thread.setDaemon(true);
    }

    private void add(TickingFeed feed) {
        feeds.add(new Scheduled(feed));
    }

    /**
     * The hub is one of these nodes: each feed tells of its own node, and says so; what operators see is of all of
     * them. Before the start.
     */
    public void share(Nodes nodes, NodeQuestions.Later later) {
        hub.share(nodes);
        operators.share(nodes, later);
    }

    /** Starts the thread {@code rivulet-feed}. Once. */
    public synchronized void start() {
        long now = System.nanoTime();
        feeds.forEach(each -> each.dueNs = now);
        thread.start();
    }

    /** Every topic that a feed publishes to for all, feed by feed. Any thread. */
    public List<String> topics() {
        List<String> topics = new ArrayList<>();
        feeds.forEach(each -> topics.addAll(each.feed.topics()));
        return topics;
    }

    /** Whether the prices at {@code quotes/} are made up. Any thread. */
    public boolean quotesAreSimulated() {
        return quotes.isSimulated();
    }

    /** Whether a text is written at {@code answers/} when somebody asks. Any thread. */
    public boolean answersAreOn() {
        return answers;
    }

    /** Ends the thread and waits for it, at most two seconds. Idempotent. */
    @Override
    public synchronized void close() {
        if (ended || thread.getState() == Thread.State.NEW) {
            return;
        }
        ended = true;
        // no interrupt: a tick never waits, and an interrupted read would close the file under it and look like a fault
        LockSupport.unpark(thread);
        try {
            thread.join(END_MAX_MS);
            if (thread.isAlive()) {
                LOG.warn("the thread rivulet-feed did not end within {} ms", END_MAX_MS);
            } else {
                feeds.forEach(each -> each.feed.close());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        LastingLoop.run(LOG, "A feed of {} failed and goes on in some seconds", thread.getName(), this::tickNext);
    }

    /** Ticks the feed that is due first. Each asks for a time to wait, so a changed wall clock delays nothing. */
    private boolean tickNext() {
        Scheduled next = feeds.get(0);
        for (int i = 1; i < feeds.size(); i++) {
            next = feeds.get(i).dueNs - next.dueNs < 0 ? feeds.get(i) : next;
        }
        for (long waitNs = next.dueNs - System.nanoTime(); waitNs > 0 && !ended;
             waitNs = next.dueNs - System.nanoTime()) {
            Thread.interrupted(); // a stranger's interrupt would turn the wait into a spin
            LockSupport.parkNanos(waitNs);
        }
        if (!ended) {
            next.dueNs = System.nanoTime() + AFTER_FAILURE.toNanos(); // first: else one that fails is due at once
            Duration wait = next.feed.tick(clock.instant());
            next.dueNs = System.nanoTime() + wait.toNanos();
        }
        return !ended;
    }

    private static Publisher throughHub(Hub hub) {
        return new Publisher() {
            private volatile Nodes nodes = Nodes.ALONE;

            @Override
            public CompletableFuture<List<String>> publish(List<Event> events) {
                return hub.publish(Publication.ofNode(events));
            }

            @Override
            public void share(Nodes with) {
                nodes = with;
            }

            @Override
            public void sign(JsonObject data) {
                Nodes now = nodes;
                if (now != Nodes.ALONE && !data.has("run")) { // what operators see may be of another node
                    data.addProperty("node", now.name());
                    data.addProperty("run", now.self());
                }
            }

            @Override
            public boolean isHeard(String topic) {
                return Topic.isForOperators(topic) ? hub.interest().namers(topic) > 0 : hub.isHeard(topic);
            }

            @Override
            public int namers(String topic) {
                return hub.interest().namers(topic);
            }

            @Override
            public List<String> heardBelow(String beginning, int most) {
                return hub.interest().named(beginning, most);
            }

            @Override
            public void onPublish(String topic, Consumer<Event> show) {
                hub.watches().onPublish(topic, show);
            }

            @Override
            public Runnable onCancel(String topic, Runnable task) {
                return hub.watches().onStop(topic, why -> {
                    if (why == TopicWatches.Stop.CANCELLED) {
                        task.run();
                    }
                })::close;
            }
        };
    }
}
