package io.rivulet.cluster;

import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * One of many subscribers: it leaves again and again, at random, and comes back with its last id to whichever node the
 * balancer has for it. It checks while it reads, and keeps of the events how many of each publisher there were, and a
 * sum over their order, which is the same for all who had the same events in the same order. A thread of its own reads.
 */
final class Follower implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern LOSS = Pattern.compile("\"resumed\":\"(partial|reset)\"");
    private static final int STACK_BYTES = 256 << 10;

    private final int port;
    private final String topic;
    private final int stayEventsMax;
    private final Random random;
    private final Thread thread = new Thread(null, this::run, "test-follower", STACK_BYTES);
    private final int[] seen;
    private long order;
    private int connections;
    private int left;
    private String lastId = "";
    private String fault;
    private WireClient client;
    private volatile boolean closed;

    /** Begins to follow this topic at this port, for the events of so many {@link SteadyPublisher}s. */
    Follower(int port, String topic, int publishers, int stayEventsMax, long seed) {
        this.port = port;
        this.topic = topic;
        this.stayEventsMax = stayEventsMax;
        seen = new int[publishers];
        random = new Random(seed);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed && fault() == null) {
            try (WireClient next = WireClient.to(port, 0)) {
                begin(next);
                Map<String, String> headers = new LinkedHashMap<>(Map.of("Accept", "text/event-stream"));
                if (!lastId.isEmpty()) {
                    headers.put("Last-Event-ID", lastId);
                }
                next.send("GET", "/api/updates?since=earliest&topic=" + topic, headers, null);
                WireResponse head = next.readHead();
                if (head.status() == 200) {
                    follow(next.body(head));
                    next.reset();
                    continue;
                }
                if (head.status() < 502 || head.status() > 504) { // the balancer's, of a node that died meanwhile
                    fault("it was answered " + head.status());
                }
            } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
                // a node was killed, perhaps within a line: it comes back
            }
            Await.pass(PAUSE);
        }
    }

    private synchronized void begin(WireClient next) {
        client = next;
        connections++;
        left = 1 + random.nextInt(stayEventsMax);
    }

    private void follow(InputStream body) throws IOException {
        StreamParser parser = new StreamParser(lastId, this::take, comment -> { });
        byte[] buffer = new byte[1_024];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            parser.take(buffer, 0, n);
            lastId = parser.lastEventId();
            if (isTimeToLeave()) {
                return;
            }
        }
    }

    private synchronized boolean isTimeToLeave() {
        return closed || left <= 0 || fault != null;
    }

    private synchronized void take(Dispatched event) {
        if (event.type().startsWith("rivulet.")) {
            if (event.type().equals("rivulet.gap") || LOSS.matcher(event.data()).find()) {
                fault(event.toString());
            }
            return;
        }
        left--;
        String[] words = event.data().split(" ");
        int publisher = Integer.parseInt(words[0]);
        int number = Integer.parseInt(words[1]);
        if (number != seen[publisher] + 1) {
            fault("of publisher " + publisher + " event " + number + " came after " + seen[publisher]);
        }
        seen[publisher] = number;
        order = order * 31 + publisher;
    }

    private synchronized void fault(String what) {
        fault = fault != null ? fault : what + ", at connection " + connections + ", with " + Arrays.toString(seen);
    }

    /** What was wrong; null for nothing. */
    synchronized String fault() {
        return fault;
    }

    /** Whether so many of each publisher have come. */
    synchronized boolean has(int[] published) {
        return Arrays.equals(seen, published);
    }

    synchronized long order() {
        return order;
    }

    synchronized int connections() {
        return connections;
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (client != null) {
                client.reset();
            }
        }
    }

    @Override
    public synchronized String toString() {
        return "a follower with " + Arrays.toString(seen) + " after " + connections + " connections";
    }
}
