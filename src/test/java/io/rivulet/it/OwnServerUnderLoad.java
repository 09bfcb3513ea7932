package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code java -jar rivulet.war} takes for a large log and for a crowd, in times: so not in every build, but where
 * it is asked for by its name, on a machine that has nothing else to do. It prints what it has measured.
 */
@Tag("once")
class OwnServerUnderLoad {

    private static final long LOG_BYTES = 1L << 30;
    private static final int EVENT_BYTES = 4_000;
    private static final int BATCH = 240;
    private static final int ROUNDS = 3;
    private static final Duration LATER_MAX = Duration.ofSeconds(2);
    private static final int CROWD = Integer.getInteger("own.crowd", 5_000);
    private static final int STAY = 50;
    private static final int CALM = 500;
    private static final int BACK = 10;
    private static final Duration BACK_MAX = Duration.ofSeconds(5);
    private static final double TIMES_MAX = 5;
    private static final Path COUNTERS = Path.of("/proc/net/netstat");

    @TempDir
    private Path folder;

    private OwnWar run(String... words) throws IOException {
        return new OwnWar(folder, Map.of("_JAVA_OPTIONS", "-Xmx512m -XX:TieredStopAtLevel=4"), words);
    }

    @Test
    void aGibibyteOfLogMakesTheStartLessThanTwoSecondsLonger() throws Exception {
        Path large = folder.resolve("large");
        fill(large);
        List<Long> empty = new ArrayList<>();
        List<Long> full = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            empty.add(startMs(folder.resolve("empty")));
            full.add(startMs(large));
        }
        System.out.println("from start to ready: ms with an empty log " + empty + ", with 1 GiB " + full);
        assertTrue(median(full) - median(empty) < LATER_MAX.toMillis(), empty + " and " + full);
    }

    private void fill(Path data) throws IOException {
        try (OwnWar war = run("--port=0", "--data.dir=" + data, "--log.sync=never", "--log.retain.bytes=4g");
             Publisher publisher = Publisher.to(war.awaitOpen().port())) {
            String event = "{\"topic\":\"t\",\"data\":\"" + "x".repeat(EVENT_BYTES) + "\"}";
            String batch = "[" + String.join(",", Collections.nCopies(BATCH, event)) + "]";
            for (long bytes = 0; bytes < LOG_BYTES; bytes += (long) BATCH * EVENT_BYTES) {
                Publisher.accepted(publisher.post("", "application/json", batch));
            }
        }
    }

    private long startMs(Path data) throws IOException {
        long startNs = System.nanoTime();
        try (OwnWar war = run("--port=0", "--data.dir=" + data, "--log.retain.bytes=4g").awaitOpen()) {
            assertTrue(war.port() > 0);
            return (System.nanoTime() - startNs) / 1_000_000;
        }
    }

    private static long median(List<Long> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    /**
     * A crowd listens beside a few who stay. The crowd loses its connections and comes back at once. It does so several
     * times, for one time has too few events for a p99. The value before is that of the same hub with the same streams,
     * the hub's work for each event is equal then.
     */
    @ParameterizedTest(name = "a crowd that asks for {0}")
    @ValueSource(strings = {"live", "elsewhere"})
    void thousandsWhoComeBackAtOnceAreLiveWithinFiveSecondsAndThoseWhoStayedHardlyNotice(String topic)
            throws Exception {
        List<EventStream> stay = new ArrayList<>();
        // not in dev mode, which asks the system for the owner of each connection
        try (OwnWar war = run("--port=0", "--dev=false", "--token.issuer=" + Token.ISSUER,
                "--token.key=" + Token.SECRET, "--resource=" + Token.ISSUER + "/.well-known/mercure").awaitOpen();
             Publisher publisher = Publisher.to(war.port());
             Crowd crowd = new Crowd(war.port(), topic)) {
            for (int i = 0; i < STAY; i++) {
                stay.add(EventStream.to(war.port()).topic("live").open());
            }
            stay.forEach(EventStream::awaitHello);
            for (int i = 0; i < ROUNDS; i++) { // the code is compiled then
                crowd.leave();
                p99Us(publisher, stay, CALM, null, new ArrayList<>());
                System.out.println("crowd " + i + ": " + crowd.come() + " ms");
            }
            long before = p99Us(publisher, stay, CALM, null, new ArrayList<>());
            long drops = drops();
            List<Long> took = new ArrayList<>();
            List<Long> meanwhile = new ArrayList<>();
            long during = 0;
            for (int i = 0; i < BACK; i++) {
                crowd.leave();
                p99Us(publisher, stay, CALM, null, new ArrayList<>());
                Thread coming = crowd.coming();
                during = p99Us(publisher, stay, 0, coming, meanwhile);
                coming.join();
                assertEquals(CROWD, crowd.live());
                took.add(crowd.tookMs());
            }
            System.out.println("a crowd of " + CROWD + " that asks for " + topic + " is live after " + took
                + " ms; p99 of " + STAY + " who stayed: " + before + " us before, " + during + " us meanwhile ("
                + meanwhile.size() + " events)");
            assertTrue(Collections.max(took) < BACK_MAX.toMillis(), took + " ms");
            assertEquals(drops, drops(), "connections that the system had no room for");
            assertTrue(during < TIMES_MAX * before, before + " us before, " + during + " us meanwhile");
        } finally {
            stay.forEach(EventStream::close);
        }
    }

    /** Publishes so many events, or while the thread runs; adds the time of each until all have it. Gives the p99. */
    private static long p99Us(Publisher publisher, List<EventStream> stay, int events, Thread until, List<Long> us)
            throws IOException {
        for (int i = 0; until == null ? i < events : until.isAlive(); i++) {
            String data = "event " + System.nanoTime();
            long startNs = System.nanoTime();
            Publisher.accepted(publisher.post("?topic=live", Map.of("Authorization", "Bearer " + Token.all()),
                data.getBytes(StandardCharsets.US_ASCII)));
            for (EventStream stream : stay) {
                stream.awaitData(data);
            }
            us.add((System.nanoTime() - startNs) / 1_000);
        }
        long[] sorted = us.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[(int) (sorted.length * 0.99)];
    }

    /** The sum of what the kernel counts of listening sockets that were full; 0 where it does not tell. */
    private static long drops() throws IOException {
        if (!Files.exists(COUNTERS)) {
            return 0;
        }
        List<String[]> lines = Files.readAllLines(COUNTERS).stream().filter(line -> line.startsWith("TcpExt:"))
            .map(line -> line.split(" ")).toList();
        List<String> names = Arrays.asList(lines.get(0));
        return Long.parseLong(lines.get(1)[names.indexOf("ListenDrops")])
            + Long.parseLong(lines.get(1)[names.indexOf("ListenOverflows")]);
    }

    /**
     * Clients that connect at once, each with one request, and read what comes until they leave. One thread of its own
     * reads for all.
     */
    private static final class Crowd implements AutoCloseable {
        private final byte[] request;
        private final int port;
        private final List<SocketChannel> all = new ArrayList<>();
        private final ByteBuffer read = ByteBuffer.allocateDirect(16_384);
        private volatile int live;
        private volatile boolean leaving;
        private volatile long startNs;
        private volatile long liveNs;
        private Thread reader;

        Crowd(int port, String topic) {
            this.port = port;
            request = ("GET /api/updates?topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Accept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** A thread that ends when all are live; the crowd reads on afterwards. */
        Thread coming() {
            live = 0;
            leaving = false;
            startNs = System.nanoTime();
            reader = new Thread(this::run, "test-crowd");
            reader.start();
            Thread waits = new Thread(() -> Await.until("the crowd is live", () -> live == CROWD), "test-crowd-waits");
            waits.start();
            return waits;
        }

        long come() throws InterruptedException {
            coming().join();
            return tookMs();
        }

        int live() {
            return live;
        }

        long tookMs() {
            return (liveNs - startNs) / 1_000_000;
        }

        void leave() throws InterruptedException {
            leaving = true;
            if (reader != null) {
                reader.join();
            }
        }

        @Override
        public void close() {
            leaving = true;
        }

        private void run() {
            try (Selector selector = Selector.open()) {
                for (int i = 0; i < CROWD; i++) {
                    SocketChannel one = SocketChannel.open();
                    all.add(one);
                    one.configureBlocking(false);
                    one.connect(new InetSocketAddress("127.0.0.1", port));
                    one.register(selector, SelectionKey.OP_CONNECT, new StringBuilder());
                }
                while (!leaving) {
                    selector.select(100);
                    for (SelectionKey key : selector.selectedKeys()) {
                        goOn(key);
                    }
                    selector.selectedKeys().clear();
                }
                for (SocketChannel one : all) {
                    one.close();
                }
                all.clear();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private void goOn(SelectionKey key) throws IOException {
            SocketChannel one = (SocketChannel) key.channel();
            if (key.isConnectable()) {
                one.finishConnect();
                one.write(ByteBuffer.wrap(request));
                key.interestOps(SelectionKey.OP_READ);
                return;
            }
            if (one.read(read.clear()) < 0) {
                key.cancel();
            } else if (key.attachment() != null) {
                StringBuilder text = (StringBuilder) key.attachment();
                text.append(StandardCharsets.US_ASCII.decode(read.flip()));
                if (text.indexOf("event: rivulet.hello") >= 0) {
                    key.attach(null);
                    liveNs = System.nanoTime();
                    live++;
                }
            }
        }
    }
}
