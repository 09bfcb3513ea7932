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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    private static final int CALM = 1_000;
    private static final Duration BACK_MAX = Duration.ofSeconds(5);
    private static final double TIMES_MAX = 5;
    private static final Path COUNTERS = Path.of("/proc/net/netstat");

    @TempDir
    private Path folder;

    private OwnWar run(String... words) throws IOException {
        return new OwnWar(folder, Map.of("_JAVA_OPTIONS", "-Xmx512m"), words);
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
            String batch = "[" + String.join(",", java.util.Collections.nCopies(BATCH, event)) + "]";
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

    @Test
    void thousandsWhoComeAtOnceAreLiveWithinFiveSecondsAndThoseWhoStayedHardlyNotice() throws Exception {
        List<EventStream> stay = new ArrayList<>();
        // not in dev mode, which asks the system for the owner of each connection
        try (OwnWar war = run("--port=0", "--dev=false", "--token.issuer=" + Token.ISSUER,
                "--token.key=" + Token.SECRET, "--resource=" + Token.ISSUER + "/.well-known/mercure").awaitOpen();
             Publisher publisher = Publisher.to(war.port())) {
            for (int i = 0; i < STAY; i++) {
                stay.add(EventStream.to(war.port()).topic("live").open());
            }
            stay.forEach(EventStream::awaitHello);
            Crowd first = crowd(war.port()); // the code is compiled then
            first.join();
            System.out.println("a first crowd: " + first.live + " live after " + first.tookMs + " ms");
            long before = p99Us(publisher, stay, CALM, null);
            long drops = drops();
            Crowd crowd = crowd(war.port());
            long during = p99Us(publisher, stay, 0, crowd);
            crowd.join();
            System.out.println(CROWD + " are live after " + crowd.tookMs + " ms; p99 of " + STAY + " who stayed: "
                + before + " us before, " + during + " us meanwhile");
            assertEquals(CROWD, crowd.live);
            assertTrue(crowd.tookMs < BACK_MAX.toMillis(), crowd.tookMs + " ms");
            assertEquals(drops, drops(), "connections that the system had no room for");
            assertTrue(during < TIMES_MAX * before, before + " us before, " + during + " us meanwhile");
        } finally {
            stay.forEach(EventStream::close);
        }
    }

    /** Publishes so many events, or until the crowd is there; gives how long it takes until all have one. */
    private static long p99Us(Publisher publisher, List<EventStream> stay, int events, Crowd until) throws IOException {
        List<Long> us = new ArrayList<>();
        for (int i = 0; until == null ? i < events : until.isAlive(); i++) {
            String data = "event " + i;
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

    private static Crowd crowd(int port) {
        Crowd crowd = new Crowd(port);
        crowd.start();
        return crowd;
    }

    /** Clients that connect at once, each with one request, until each has its first event. One thread. */
    private static final class Crowd extends Thread {
        private static final byte[] REQUEST = ("GET /api/updates?topic=live HTTP/1.1\r\nHost: localhost\r\n"
            + "Accept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        private final int port;
        private volatile int live;
        private volatile long tookMs;

        Crowd(int port) {
            super("test-crowd");
            this.port = port;
        }

        @Override
        public void run() {
            List<SocketChannel> all = new ArrayList<>();
            try (Selector selector = Selector.open()) {
                long startNs = System.nanoTime();
                for (int i = 0; i < CROWD; i++) {
                    SocketChannel one = SocketChannel.open();
                    all.add(one);
                    one.configureBlocking(false);
                    one.connect(new InetSocketAddress("127.0.0.1", port));
                    one.register(selector, SelectionKey.OP_CONNECT, new StringBuilder());
                }
                while (live < CROWD && System.nanoTime() - startNs < Await.LIMIT.toNanos()) {
                    selector.select(100);
                    for (SelectionKey key : selector.selectedKeys()) {
                        goOn(key);
                    }
                    selector.selectedKeys().clear();
                }
                tookMs = (System.nanoTime() - startNs) / 1_000_000;
                for (SocketChannel one : all) {
                    one.close();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private void goOn(SelectionKey key) throws IOException {
            SocketChannel one = (SocketChannel) key.channel();
            if (key.isConnectable()) {
                one.finishConnect();
                one.write(ByteBuffer.wrap(REQUEST));
                key.interestOps(SelectionKey.OP_READ);
            } else if (key.attachment() != null) {
                ByteBuffer read = ByteBuffer.allocate(4_096);
                if (one.read(read) < 0) {
                    key.cancel();
                    return;
                }
                StringBuilder text = (StringBuilder) key.attachment();
                text.append(StandardCharsets.US_ASCII.decode(read.flip()));
                if (text.indexOf("event: rivulet.hello") >= 0) {
                    key.attach(null);
                    live++;
                }
            } else if (one.read(ByteBuffer.allocate(4_096)) < 0) {
                key.cancel();
            }
        }
    }
}
