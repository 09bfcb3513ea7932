package io.rivulet.cluster;

import io.rivulet.auth.BanNotes;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.hub.Hub;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.EventLog;
import io.rivulet.log.View;
import io.rivulet.log.store.StoreKeeper;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A node of a cluster without doors: a hub, its log and who keeps that open. */
final class HubNode implements AutoCloseable, StoreKeeper.Owner {

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));

    /** Makes the engine for each opening. */
    interface Engines {
        ClusterEngine open() throws IOException;
    }

    final Hub hub;
    final Bans bans;
    final Cluster cluster;
    volatile int openings;
    /** Ends the last question to other nodes, which the time does not end by itself here. */
    volatile Runnable timeUp;
    volatile EventLog log;
    private final InstantSource clock;
    private final StoreKeeper keeper;
    private final UnaryOperator<EventLog> around;

    /** Opens it, with its data in this folder; {@code around} stands between the hub and its log. */
    HubNode(Path folder, Engines engines, UnaryOperator<EventLog> around) {
        this(folder, engines, around, InstantSource.system());
    }

    /** The same by this clock. */
    HubNode(Path folder, Engines engines, UnaryOperator<EventLog> around, InstantSource clock) {
        this(folder, engines, around, clock, Settings.with("presence", "true", "connections.subject.max", "3",
            "transient.topics", "clock,host,quotes/*,typing/*"));
    }

    /** The same with these settings. */
    HubNode(Path folder, Engines engines, UnaryOperator<EventLog> around, InstantSource clock, Settings settings) {
        this.around = around;
        this.clock = clock;
        hub = new Hub(settings, TopicSpace.of("http://localhost/.well-known/mercure"), clock, new Metrics());
        Grant outbox = Grant.of("internal", "outbox", Grant.INTERNAL.publishes(), Grant.INTERNAL.subscribes(), false);
        bans = new Bans(clock, folder.resolve("bans.json"));
        hub.bans(bans::isBanned);
        cluster = Cluster.at(settings, clock, System::nanoTime,
            (events, key) -> hub.publish(new Publication(events, outbox, key)));
        BanNotes.share(bans, cluster, hub::endBanned);
        hub.share(cluster);
        hub.connections().share(cluster, this::later, hub.topics(),
            hub.interest()::listenersInParts);
        hub.connections().owners().wishes(new MatcherParameters(hub.topics(), new CostlyTurns(), settings)::change);
        keeper = new StoreKeeper(folder, "", false, at -> cluster.open(at.resolve("mirror"), engines.open()), this,
            clock);
        keeper.start();
        awaitOpening(1);
    }

    private void later(long ms, Runnable task) {
        if (ms == 0) {
            hub.alarms().after(Duration.ZERO, task);
        } else {
            timeUp = task;
        }
    }

    /** Waits until its log was opened so many times, and can be published to. */
    void awaitOpening(int times) {
        Await.until("the hub is open for the " + times + ". time",
            () -> openings >= times && hub.publishTrouble() == null);
    }

    @Override
    public void opened(EventLog opened) {
        log = opened;
        bans.open();
        hub.open(around.apply(opened));
        openings++;
    }

    @Override
    public void pause() {
        hub.pause();
    }

    @Override
    public void handOver() {
        hub.handOver();
    }

    long nowMs() {
        return clock.millis();
    }

    String publish(String topic, String data) throws Exception {
        return answer(Publication.of(Event.on(topic).data(data).build())).get(0);
    }

    List<String> answer(Publication publication) throws Exception {
        return hub.publish(publication).get(20, TimeUnit.SECONDS);
    }

    /** Publishes under a key until it is told the id: as a publisher does that wants it once. */
    String publishOnce(String topic, String data) {
        Publication publication = new Publication(List.of(Event.on(topic).data(data).build()), Grant.INTERNAL, data);
        List<String> ids = new ArrayList<>();
        Await.until(data + " is taken", Await.LIMIT.multipliedBy(3), () -> {
            try {
                return ids.addAll(answer(publication));
            } catch (ExecutionException | Refused e) {
                return false; // it comes again under its key
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        return ids.get(0);
    }

    /** A thread that publishes so many events one after the other, each once; their data are this name and a number. */
    CompletableFuture<Void> publishMany(String topic, String name, int events) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(() -> {
            try {
                for (int i = 0; i < events; i++) {
                    publishOnce(topic, name + i);
                }
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        }, "test-publisher-" + name).start();
        return done;
    }

    static List<String> data(HubClient client) {
        return client.events().stream().map(event -> event.data()).toList();
    }

    HubClient client(String... topics) {
        return new HubClient(hub, 1 << 20, topics);
    }

    /** The data of all events that its copy has, in their order. */
    List<String> data() {
        List<String> data = new ArrayList<>();
        long head = log.range().head();
        try {
            for (long at = log.range().first() - 1; at < head; ) {
                var chunk = log.read(at, head, ALL, 1 << 20);
                chunk.entries().forEach(entry -> data.add(entry.event().text()));
                at = chunk.examinedTo();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return data;
    }

    /** The last of them. */
    String newest() {
        List<String> all = data();
        return all.isEmpty() ? "nothing" : all.get(all.size() - 1);
    }

    @Override
    public void close() {
        hub.close();
        keeper.close();
    }
}
