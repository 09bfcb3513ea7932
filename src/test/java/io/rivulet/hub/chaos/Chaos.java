package io.rivulet.hub.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.feed.Budgets;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.StreamParser;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.View;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * A hub at work while something is thrown within it, and the book of what it promised. In each round publishers
 * publish, clients listen, lag and come back, and a thread of the hub throws at the n-th point that it passes. Then the
 * round is compared with the log: that is what was published.
 */
final class Chaos implements AutoCloseable {

    private static final TopicSelection ALL = TopicSelection.ofTopics(List.of("*"));
    private static final String[] SETTINGS = {"ring.bytes", "65536", "read.bytes", "1m", "log.sync", "never",
        "transient.topics", "fast/*"};
    private static final int LARGE = 12_000;

    /** Each fault is logged, a thousand times: that would be all of the build's output. Kept: it is weak. */
    private static final Logger QUIET = Logger.getLogger("io.rivulet");

    private final Path folder;
    private final HubScene scene;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<Integer, Shard> shards = new TreeMap<>();
    private final List<String> published = new ArrayList<>();
    private long readTo;
    private int serial;
    private int numbers;

    /** A client that comes back whenever its stream ends, and what it has got in this round. */
    private final class Listener {
        private final String name;
        private final boolean conflates;
        private final HubClient client;
        private final Since since;
        private int seen;

        Listener(String name, boolean conflates, HubClient client, Since since) {
            this.name = name;
            this.conflates = conflates;
            this.client = client;
            this.since = since;
        }

        /** Reads until it has this event. */
        void readUntil(String data, Supplier<String> when) {
            Await.get(() -> name + " to get " + data + "; it has " + news() + "; " + when.get(), Await.LIMIT, () -> {
                client.drain();
                if (client.isEnded()) {
                    client.cut();
                    client.connect(since); // after the last event that it has, if it has any
                }
                return news().contains(data) ? Boolean.TRUE : null;
            });
        }

        List<String> news() {
            return client.events().stream().map(StreamParser.Dispatched::data).toList().subList(seen,
                client.events().size());
        }

        void forget() {
            seen = client.events().size();
        }
    }

    Chaos(Path folder) throws Exception {
        this.folder = folder;
        QUIET.setLevel(Level.OFF);
        scene = new HubScene(folder, SETTINGS);
        listen("live", false, scene.client("*"));
        listen("narrow", false, new HubClient(scene.hub, 2_000, "*"));
        listen("mercure", false, scene.mercure("*"));
        listen("conflating", true, new HubClient(scene.hub, 2_000, "*").conflating());
        for (int i = 0; i < 10; i++) {
            round(0, 1, thread -> false, () -> new AssertionError("nothing is thrown yet"));
        }
    }

    private void listen(String name, boolean conflates, HubClient client) {
        client.connect(Since.LATEST);
        listeners.add(new Listener(name, conflates, client, Since.LATEST));
        Shard shard = (Shard) client.subscriber().owner();
        shards.put(System.identityHashCode(shard), shard);
    }

    /** One round; false when nothing was thrown, since the thread passed less points. */
    boolean round(int n, int burst, Predicate<Thread> threads, Supplier<? extends Throwable> fault) throws Exception {
        List<String> kept = new ArrayList<>();
        FaultSwitch faults = FaultSwitch.at(n, burst, threads, fault);
        try {
            try (faults) {
                work(n, kept);
                String last = surely("during " + n);
                listeners.forEach(l -> l.readUntil(last, () -> where(n, faults)));
                visit(last, () -> where(n, faults));
            }
            publish(Event.on("news").data(data("after " + n)).build(), null).get(20, TimeUnit.SECONDS);
            compare(n, kept);
            leftBehind();
        } catch (ExecutionException | TimeoutException | AssertionError e) {
            throw new AssertionError(where(n, faults), e);
        }
        return faults.hasThrown();
    }

    private static String where(int n, FaultSwitch faults) {
        Throwable thrown = faults.thrown();
        if (thrown == null) {
            return "nothing was thrown at " + n + " of " + faults.passed();
        }
        StringBuilder text = new StringBuilder(thrown + " at point " + n + " of " + faults.passed());
        for (StackTraceElement each : thrown.getStackTrace()) {
            text.append("\n  ").append(each);
        }
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread.getName().startsWith("rivulet-")) {
                text.append("\n").append(thread.getName());
                Stream.of(stack).forEach(each -> text.append("\n    ").append(each));
            }
        });
        return text.append("\n---").toString();
    }

    private String data(String text) {
        return serial++ + " " + text + " " + "x".repeat(150);
    }

    private CompletableFuture<List<String>> publish(Event event, String key) {
        return scene.hub.publish(new Publication(List.of(event), Grant.INTERNAL, key));
    }

    /** Some of everything; {@code kept} gets the data of what was acknowledged. */
    private void work(int n, List<String> kept) throws Exception {
        Map<String, CompletableFuture<List<String>>> answers = new TreeMap<>();
        List<CompletableFuture<?>> questions = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String data = data("news of " + n);
            answers.put(data, publish(Event.on("news").data(data).build(), null));
        }
        String large = data("large " + "y".repeat(LARGE));
        answers.put(large, publish(Event.on("large").data(large).build(), null));
        String keyed = data("keyed " + n);
        CompletableFuture<List<String>> first = publish(Event.on("news").data(keyed).build(), keyed);
        String fast = data("fast " + n);
        answers.put(fast, publish(Event.on("fast/" + n % 3).data(fast).build(), null));
        HubClient guest = scene.client("news").connect(Since.EARLIEST);
        List<String> names = new ArrayList<>();
        listeners.forEach(l -> names.add(l.client.connection()));
        questions.add(scene.hub.connections().lags(names));
        questions.add(scene.hub.history(ALL, Grant.ANONYMOUS, Since.EARLIEST, null, 20));
        for (CompletableFuture<?> question : questions) {
            answered(question);
        }
        guest.cut();
        answers.forEach((data, answer) -> {
            if (answered(answer)) {
                kept.add(data);
            }
        });
        while (!answered(first)) { // its publisher tries again, as the answer says
            first = scene.hub.publish(new Publication(List.of(Event.on("news").data(keyed).build()), Grant.INTERNAL,
                keyed));
        }
        kept.add(keyed);
        Publication numbered = new Publication(List.of(Event.on("news").data(data("numbered")).build()), Grant.INTERNAL,
            null, new ProducerSeq("producer", 1, ++numbers, false));
        while (!answered(scene.hub.publish(numbered))) {
            assertNotNull(scene.hub.publishTrouble(), "health tells that publishing fails");
        }
        kept.add(numbered.events().get(0).text());
        kept.sort((a, b) -> Integer.compare(number(a), number(b)));
    }

    private static int number(String data) {
        return Integer.parseInt(data.substring(0, data.indexOf(' ')));
    }

    /** Whether it was answered with success; an answer must come. */
    private boolean answered(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof Refused, "an answer is a refusal: " + e.getCause());
            return false;
        } catch (TimeoutException e) {
            throw new AssertionError("no answer came", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Publishes until that succeeds; each refusal is told by health. */
    private String surely(String text) throws Exception {
        while (true) {
            String data = data(text);
            if (answered(publish(Event.on("news").data(data).build(), null))) {
                return data;
            }
            assertNotNull(scene.hub.publishTrouble(), "health tells that publishing fails");
        }
    }

    /** Somebody comes back after a while, reads what the log has for him, and leaves. */
    private void visit(String last, Supplier<String> when) throws Exception {
        Listener visitor = new Listener("visitor", false, new HubClient(scene.hub, 1 << 20, "news"), Since.EARLIEST);
        visitor.client.connect(Since.EARLIEST);
        visitor.readUntil(last, when);
        List<String> got = visitor.news();
        assertEquals(new HashSet<>(got).size(), got.size(), "no event twice: " + got);
        visitor.client.cut();
        answered(scene.hub.place(request()));
    }

    private io.rivulet.hub.resume.SubscribeRequest request() {
        return new io.rivulet.hub.resume.SubscribeRequest(ALL, Grant.ANONYMOUS, null, Since.EARLIEST,
            Duration.ofSeconds(15), false, HubScene.MERCURE, "test");
    }

    /** What the log holds is what was published: each client has got it, in its order and once. */
    private void compare(int n, List<String> kept) throws Exception {
        List<String> truth = new ArrayList<>();
        while (readTo < scene.log.range().head()) {
            LogChunk chunk = scene.log.read(readTo, scene.log.range().head(), View.unlimited(ALL), 1 << 20);
            for (LogEntry entry : chunk.entries()) {
                truth.add(entry.event().text());
                readTo = entry.position();
            }
        }
        assertEquals(new HashSet<>(truth).size(), truth.size(), "nothing is in the log twice: " + truth);
        List<String> durable = kept.stream().filter(d -> !d.contains("fast")).toList();
        assertTrue(truth.containsAll(durable), "what was acknowledged is in the log: " + durable + " in " + truth);
        String last = truth.get(truth.size() - 1);
        for (Listener l : listeners) {
            l.readUntil(last, () -> "the end of the round " + n);
            Set<String> transients = new HashSet<>(l.news());
            assertEquals(transients.size(), l.news().size(), l.name + " got something twice");
            List<String> got = l.news().stream().filter(d -> !d.contains("fast")).toList();
            if (l.conflates) {
                assertTrue(truth.containsAll(got), l.name);
            } else {
                assertEquals(truth, got, l.name + " got everything in order");
                kept.stream().filter(d -> d.contains("fast")).forEach(d -> assertTrue(transients.contains(d), l.name));
            }
            l.forget();
        }
    }

    /** Whoever has left is counted no more, and nobody holds anything. */
    private void leftBehind() {
        Await.get(() -> "all to be given back, but left is:" + left(), Await.LIMIT,
            () -> left().isEmpty() ? Boolean.TRUE : null);
    }

    private String left() {
        listeners.forEach(l -> l.client.drain());
        StringBuilder left = new StringBuilder();
        int open = listeners.size();
        if (scene.caps.total() != open || scene.hub.connections().list().size() != open) {
            left.append(" streams ").append(scene.caps.total()).append(" listed ")
                .append(scene.hub.connections().list().size()).append(" of ").append(open);
        }
        if (scene.lookUps() != 0) {
            left.append(" look-ups ").append(scene.lookUps());
        }
        for (Shard shard : shards.values()) {
            CompletableFuture<String> held = new CompletableFuture<>();
            shard.post(() -> held.complete(Budgets.held(shard.turn())));
            left.append(held.join());
        }
        return left.toString();
    }

    @Override
    public void close() {
        scene.close();
        QUIET.setLevel(null);
    }

    /** Everybody leaves, the hub closes, and its log opens again with everything that it had. */
    void end() throws Exception {
        listeners.forEach(l -> l.client.cut());
        listeners.clear();
        leftBehind();
        Await.until("publishing to be well", () -> {
            String trouble = scene.hub.publishTrouble();
            return trouble == null || trouble.contains("a moment ago");
        });
        long head = scene.log.range().head();
        scene.close();
        try (HubScene again = new HubScene(folder, SETTINGS)) {
            assertEquals(head, again.log.range().head());
            assertNull(again.hub.publishTrouble());
            again.publish("news", "again");
        }
    }
}
