package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Redeployments of the WAR while streams are open and a publisher publishes: however many there are, no stream misses
 * an event or gets one twice, and nothing stays of the old applications: no thread, class loader, map, file or socket.
 */
public final class Redeploys {

    private static final int STREAMS = 8;
    /** So long a publisher tries again; the test itself ends sooner. */
    private static final Duration GAP_MAX = Duration.ofMinutes(5);
    private static final Path HANDLES = Path.of("/proc/self/fd");
    private static final Path MAPS = Path.of("/proc/self/maps");

    private final Server.Builder builder;
    private final List<EventStream> streams = new ArrayList<>();
    private int cycles;

    /** Of a server with what this one is set to. */
    public Redeploys(Server.Builder builder) {
        this.builder = builder.set("retry.min", "500ms").set("retry.max", "600ms");
    }

    /** What the process holds: of the hub its threads and the maps of its files, and all files and sockets. */
    private record Held(int threads, int maps, int handles) {

        static Held by(Server server) {
            String data = server.dataDir().toString();
            try (Stream<Path> handles = Files.list(HANDLES); Stream<String> maps = Files.lines(MAPS)) {
                return new Held(HubThreads.alive().size(), (int) maps.filter(map -> map.contains(data)).count(),
                    (int) handles.count());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean isAtMost(Held other) {
            return threads <= other.threads && maps <= other.maps && handles <= other.handles;
        }
    }

    /** Publishes on and on; what was not answered, as while there is no hub, is published again. */
    private static final class Load extends Thread {
        private final Server server;
        private final int cycle;
        private final AtomicInteger published = new AtomicInteger();
        private volatile boolean ended;

        Load(Server server, int cycle) {
            super("test-load");
            setDaemon(true);
            this.server = server;
            this.cycle = cycle;
        }

        @Override
        public void run() {
            try (Publisher publisher = Publisher.to(server)) {
                while (!ended) {
                    String next = Integer.toString(published.get() + 1);
                    Await.until("event " + next + " is published", GAP_MAX, () -> isTaken(publisher, next));
                    published.incrementAndGet();
                }
            }
        }

        private boolean isTaken(Publisher publisher, String data) {
            try {
                return publisher.form("topic", "load", "id", cycle + "-" + data, "data", data).status() == 200;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Starts the server and redeploys so many times. */
    public void play(int times) throws Exception {
        try (Server server = builder.start()) {
            OldLoaders loaders = new OldLoaders();
            cycle(server, loaders); // what the container and the JVM make once is there
            settle(server, loaders);
            Held before = Held.by(server);
            for (int i = 0; i < times; i++) {
                cycle(server, loaders);
            }
            settle(server, loaders);
            Await.get(() -> "no more than " + before + "; there is " + Held.by(server), Await.LIMIT, () -> {
                System.gc();
                return Held.by(server).isAtMost(before) ? Boolean.TRUE : null;
            });
        } finally {
            streams.forEach(EventStream::close);
        }
    }

    /** One redeployment under load; no stream misses an event or gets one twice. */
    private void cycle(Server server, OldLoaders loaders) throws Exception {
        for (int i = 0; i < STREAMS; i++) {
            streams.add(EventStream.to(server).topic("load").reconnecting(Duration.ofSeconds(1)).open());
        }
        streams.forEach(EventStream::awaitHello);
        Load load = new Load(server, ++cycles);
        load.start();
        streams.forEach(EventStream::awaitEvent);
        String run = "run/" + cycles;
        try (Publisher publisher = Publisher.to(server)) {
            Publisher.accepted(publisher.form("topic", run, "data", "last", "end", ""));
        }
        loaders.note(server);
        server.redeploy();
        server.awaitOpen();
        try (Publisher publisher = Publisher.to(server)) {
            assertEquals(409, publisher.form("topic", run, "data", "late").status(), "it ended before the hand-over");
        }
        int from = load.published.get();
        Await.until("publishing works again", () -> load.published.get() > from + 1);
        load.ended = true;
        load.join(Await.LIMIT.toMillis());
        assertTrue(!load.isAlive());
        int last = load.published.get();
        for (EventStream stream : streams) {
            Await.until("event " + last, () -> !stream.events().isEmpty()
                && stream.events().get(stream.events().size() - 1).data().equals(Integer.toString(last)));
            List<Integer> data = stream.events().stream().map(e -> Integer.parseInt(e.data())).toList();
            for (int i = 1; i < data.size(); i++) {
                assertEquals(data.get(i - 1) + 1, data.get(i), "one after the other, in " + data);
            }
            stream.close();
        }
        streams.clear();
    }

    private static void settle(Server server, OldLoaders loaders) {
        loaders.awaitCollected(server, () -> Health.of(server));
        Await.until("streams are gone", () -> Inside.of(server).streams() == 0);
    }
}
