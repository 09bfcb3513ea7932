package io.rivulet.hostile;

import io.rivulet.bench.drive.Latencies;
import io.rivulet.hostile.HonestStream.Kind;
import io.rivulet.kit.Await;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The honest crowd: streams, publishers, somebody who looks things up, and a load balancer that asks whether the hub is
 * ready. Each is a thread with a connection of its own. Whatever happens to them that should not is a fault.
 */
final class Honest implements AutoCloseable {

    /** All honest topics: twenty that stay, and one new topic for each tenth event. */
    static final String TEMPLATE = "honest/{topic}";
    private static final int TOPICS = 20;
    /** Faults that begin alike are of one kind. */
    private static final int KIND_LETTERS = 40;
    private static final Duration OPENING = Duration.ofSeconds(60);

    private final int port;
    private final Book book = new Book();
    private final List<String> topics = new ArrayList<>();
    private final List<HonestStream> streams = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final Map<String, Fault> faults = new LinkedHashMap<>();
    private final Map<String, Fault> refusals = new LinkedHashMap<>();
    private final boolean strict;
    private final long beginNs = System.nanoTime();
    private int first;

    /** The crowd of this scale at this port; it is open, and publishes. */
    Honest(Scale scale, int port) {
        this.port = port;
        strict = scale.strict();
        for (int i = 0; i < TOPICS; i++) {
            topics.add("honest/t" + i);
        }
        for (int i = 0; i < scale.streams(); i++) {
            streams.add(new HonestStream(i, Kind.of(i, scale.streams()), port, book, topics,
                new Random(scale.seed() - i), this::fault, this::refused));
        }
        streams.forEach(Thread::start);
        Await.until("the honest streams are open", OPENING, () -> streams.stream().allMatch(HonestStream::isOpen)
            || isFaulty());
        for (int i = 0; i < Scale.PUBLISHERS; i++) {
            workers.add(new Publishing(i, new Random(scale.seed() + i)));
        }
        workers.add(new LookingUp("/api/events?topic=honest%2Ft1&limit=20"));
        workers.add(new LookingUp("/api/events?topic=order%2F0000007&limit=1"));
        workers.add(new AskingReady());
        workers.forEach(Thread::start);
        Await.until("each stream has events", OPENING,
            () -> streams.stream().allMatch(HonestStream::isRunning) || isFaulty());
        first = book.size();
    }

    /** Faults of one kind: the first, when it was, and how many. */
    private static final class Fault {
        private final String first;
        private int count;

        Fault(String first) {
            this.first = first;
        }
    }

    private void fault(String what) {
        note(faults, what);
    }

    /** Somebody honest is told to come back later: a fault only where the play is strict. */
    private void refused(String what) {
        note(strict ? faults : refusals, what);
    }

    private void note(Map<String, Fault> all, String what) {
        String words = what.replaceAll("\\d+", "");
        String kind = words.substring(0, Math.min(KIND_LETTERS, words.length()));
        synchronized (faults) {
            all.computeIfAbsent(kind, k -> new Fault("after " + (System.nanoTime() - beginNs) / 1_000_000 + " ms "
                + what)).count++;
        }
    }

    /** What went wrong so far, each kind of fault once. */
    List<String> faults() {
        return told(faults);
    }

    /** Who was refused so far, where that is no fault. */
    List<String> refusals() {
        return told(refusals);
    }

    private List<String> told(Map<String, Fault> all) {
        synchronized (faults) {
            return all.values().stream().map(fault -> fault.count + " times: " + fault.first).toList();
        }
    }

    /** What an honest caller was answered instead of 200. */
    private void answered(String who, WireResponse answer) {
        String what = who + " was answered " + answer.status() + ": " + answer.text();
        if (isLater(answer)) {
            refused(what);
        } else {
            fault(what);
        }
    }

    /** Whether the answer asks to come back later. */
    static boolean isLater(WireResponse answer) {
        return answer.status() == 503 || answer.status() == 429;
    }

    private boolean isFaulty() {
        return !faults().isEmpty();
    }

    /** What was seen in one time. */
    record Seen(Latencies deliveries, Latencies publishes, Latencies lookUps, Latencies ready) {

        static Seen nothing() {
            return new Seen(new Latencies(), new Latencies(), new Latencies(), new Latencies());
        }

        /** What was seen in another time, too. */
        void add(Seen other) {
            deliveries.add(other.deliveries);
            publishes.add(other.publishes);
            lookUps.add(other.lookUps);
            ready.add(other.ready);
        }

        /** For a person. */
        String text() {
            return "deliveries " + text(deliveries) + "; publishes " + text(publishes) + "; look-ups "
                + text(lookUps) + "; ready " + text(ready);
        }

        private static String text(Latencies of) {
            return String.format("%d p50 %.1f p99 %.1f max %.1f ms", of.total(), of.percentileUs(0.5) / 1_000,
                of.percentileUs(0.99) / 1_000, of.maxUs() / 1_000.0);
        }

        long worstUs() {
            return Math.max(Math.max(deliveries.maxUs(), publishes.maxUs()), Math.max(lookUps.maxUs(), ready.maxUs()));
        }
    }

    /** Lets this time pass and tells what was seen in it. */
    Seen measure(Duration time) {
        int from = book.size();
        seen(from);
        Await.pass(time);
        return seen(from);
    }

    private Seen seen(int from) {
        Latencies deliveries = new Latencies();
        streams.stream().filter(HonestStream::isLive).forEach(stream -> deliveries.add(stream.latencies(from)));
        return new Seen(deliveries, of(Publishing.class), of(LookingUp.class), of(AskingReady.class));
    }

    private Latencies of(Class<? extends Worker> kind) {
        Latencies all = new Latencies();
        workers.stream().filter(kind::isInstance).forEach(worker -> all.add(worker.latencies()));
        return all;
    }

    /** Longest time from a reconnect to its head, in microseconds. */
    long worstReturnUs() {
        return streams.stream().mapToLong(HonestStream::worstReturnUs).max().orElse(0);
    }

    /** Publishes no more, lets every stream get what it wants, and compares each with the log. */
    void settle() {
        end();
        List<Integer> log;
        try {
            log = log();
        } catch (IOException e) {
            fault("the log cannot be read: " + e);
            return;
        }
        Set<Integer> logged = new HashSet<>(log);
        for (int number = 0; number < book.size(); number++) {
            if (book.isAcknowledged(number) && !logged.contains(number)) {
                fault(number + " was acknowledged and is not in the log");
            }
        }
        try {
            Await.until("each stream has what it wants", () -> streams.stream().allMatch(s -> s.isThrough(log)));
        } catch (AssertionError e) {
            streams.stream().filter(stream -> !stream.isThrough(log)).forEach(stream -> fault(stream.getName()
                + " has not the last event that it wants"));
        }
        streams.forEach(stream -> stream.check(log, first));
    }

    /** The numbers of all honest events in the order of the log, page by page. */
    private List<Integer> log() throws IOException {
        List<Integer> log = new ArrayList<>();
        String after = "";
        do {
            try (WireClient client = WireClient.from("127.0.1.99", port, 0)) {
                WireResponse page = client.send("GET", "/api/events?limit=1000&topic=" + Publisher.encode(TEMPLATE)
                    + after, Map.of(), null).read();
                if (page.status() != 200) {
                    throw new IOException("history: " + page.status() + " " + page.text());
                }
                page.json().getAsJsonArray("events").forEach(event ->
                    log.add(Book.number(event.getAsJsonObject().get("data").getAsString())));
                after = page.json().get("next").isJsonNull() ? ""
                    : "&after=" + Publisher.encode(page.json().get("next").getAsString());
            }
        } while (!after.isEmpty());
        return log;
    }

    /** A token of this subject that may publish and read everything. */
    static String token(String subject) {
        return Token.v1().claim("sub", "\"" + subject + "\"").publish("*").subscribe("*").sign();
    }

    @Override
    public void close() {
        end();
        streams.forEach(HonestStream::leave);
    }

    /** All at once: each may be waiting for an answer. */
    private void end() {
        workers.forEach(worker -> worker.ended = true);
        for (Worker worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while " + worker.getName() + " ends", e);
            }
        }
    }

    /** Somebody who sends a request, reads the answer, waits, and does so again. */
    private abstract class Worker extends Thread {
        private final String address;
        private final Duration pause;
        private Latencies latencies = new Latencies();
        private WireClient client;
        private long sentNs;
        private volatile boolean ended;

        Worker(String name, int number, Duration pause) {
            super("honest-" + name);
            setDaemon(true);
            address = "127.0.1." + (HonestStream.ADDRESSES + 1 + number);
            this.pause = pause;
        }

        /** One request; throws where the answer is none. */
        abstract void ask() throws IOException;

        WireResponse exchange(String method, String target, Map<String, String> headers, byte[] body)
            throws IOException {
            if (client == null) {
                client = WireClient.from(address, port, 0);
            }
            synchronized (this) {
                sentNs = System.nanoTime();
            }
            WireResponse answer = client.send(method, target, new LinkedHashMap<>(headers), body).read();
            done();
            if ("close".equalsIgnoreCase(answer.header("Connection"))) {
                hangUp();
            }
            return answer;
        }

        private synchronized void done() {
            if (sentNs != 0) {
                latencies.add((System.nanoTime() - sentNs) / 1_000);
            }
            sentNs = 0;
        }

        private void hangUp() {
            if (client != null) {
                client.close();
                client = null;
            }
        }

        @Override
        public void run() {
            while (!ended) {
                try {
                    ask();
                } catch (IOException | RuntimeException e) {
                    fault(getName() + ": " + e);
                    done();
                    hangUp();
                }
                Await.pass(pause);
            }
            hangUp();
        }

        /** What it saw since this was asked before; a request without an answer yet counts, too. */
        synchronized Latencies latencies() {
            Latencies seen = latencies;
            if (sentNs != 0) {
                seen.add((System.nanoTime() - sentNs) / 1_000);
            }
            latencies = new Latencies();
            return seen;
        }
    }

    /** A publisher of a subject of its own; one event after the other, durable. */
    private final class Publishing extends Worker {
        private final Random random;
        private final Map<String, String> headers;

        Publishing(int number, Random random) {
            super("publisher-" + number, number, Duration.ofMillis(1_000 / Scale.EVENTS_A_SECOND));
            this.random = random;
            headers = Map.of("Authorization", "Bearer " + token(getName()), "Content-Type", "text/plain");
        }

        @Override
        void ask() throws IOException {
            boolean fresh = random.nextInt(10) == 0;
            String topic = fresh ? "honest/new" + book.size() + "-" + getName()
                : topics.get(random.nextInt(topics.size()));
            int number = book.enter(topic);
            WireResponse answer = exchange("POST", "/api/updates?topic=" + topic, headers,
                Book.data(number).getBytes());
            if (answer.status() == 200) {
                book.acknowledge(number);
            } else {
                answered(getName(), answer);
            }
        }
    }

    /** Somebody who looks into history. */
    private final class LookingUp extends Worker {
        private final String target;

        LookingUp(String target) {
            super("look-up " + target, Scale.PUBLISHERS, Duration.ofMillis(500));
            this.target = target;
        }

        @Override
        void ask() throws IOException {
            WireResponse answer = exchange("GET", target, Map.of(), null);
            if (answer.status() != 200) {
                answered(getName(), answer);
            }
        }
    }

    /** A load balancer: nothing is ever broken here, so the truth is that the hub is ready and publishes. */
    private final class AskingReady extends Worker {
        AskingReady() {
            super("load-balancer", Scale.PUBLISHERS + 1, Duration.ofMillis(250));
        }

        @Override
        void ask() throws IOException {
            WireResponse answer = exchange("GET", "/health/ready?publish", Map.of(), null);
            if (answer.status() != 200 || !answer.json().get("publish").getAsBoolean()) {
                fault("the hub said that it is not ready: " + answer.status() + " " + answer.text());
            }
        }
    }
}
