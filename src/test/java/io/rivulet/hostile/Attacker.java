package io.rivulet.hostile;

import io.rivulet.kit.Await;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A stranger with an address of its own and no token: a thread that goes from one kind of attack to another, holds some
 * connections open, and counts the answers. {@link Attackers} hangs up for it when a write never ends.
 */
final class Attacker extends Thread {

    /** Connections that one stranger holds at once: with 64 of them fewer than the streams a small heap lets in. */
    private static final int HELD_MAX = 8;
    private static final int HELD_MS_MAX = 15_000;
    private static final int READ_TIMEOUT_MS = 3_000;
    private static final int GO_MS_MAX = 8_000;
    private static final int SIP_BYTES = 16_384;
    /** What nobody may be answered, whatever was asked. */
    private static final int FAULT = 500;

    private record Held(WireClient connection, long untilNs, boolean reads) {
    }

    private final int port;
    private final String address;
    private final Random random;
    private final List<Attack> attacks;
    private final Duration pause;
    private final String token;
    private final int number;
    private final Deque<Held> held = new ArrayDeque<>();
    private final Map<String, Map<String, Integer>> answers = new TreeMap<>();
    private Attack now;
    private volatile WireClient current;
    private volatile long sinceNs = System.nanoTime();
    private volatile boolean over;

    /** One of these; {@code token} is for the only kind that publishes. */
    Attacker(int number, int port, long seed, List<Attack> attacks, Duration pause, String token) {
        super("attacker-" + number);
        setDaemon(true);
        this.number = number;
        this.port = port;
        this.attacks = attacks;
        this.pause = pause;
        this.token = token;
        address = "127.0.0." + (2 + number);
        random = new Random(seed * 1_000 + number);
    }

    @Override
    public void run() {
        // each kind is tried by somebody at once, and from then on at random
        for (int go = 0; !over; go++) {
            now = attacks.get(go == 0 ? number % attacks.size() : random.nextInt(attacks.size()));
            sinceNs = System.nanoTime();
            try {
                now.go().by(this);
            } catch (IOException e) {
                count("cut");
            }
            current = null;
            tend();
            Await.pass(Duration.ofMillis(random.nextInt(1 + (int) pause.toMillis())));
        }
        held.forEach(one -> one.connection().reset());
    }

    /** Reads a little where that belongs to the attack, and leaves where the time is over. */
    private void tend() {
        held.removeIf(one -> {
            boolean ended = System.nanoTime() > one.untilNs();
            try {
                if (one.reads()) {
                    one.connection().skipSome(SIP_BYTES);
                }
            } catch (IOException e) {
                ended = true;
            }
            if (ended) {
                leave(one.connection());
            }
            return ended;
        });
    }

    private void leave(WireClient connection) {
        if (random.nextBoolean()) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    /** Hangs up when the go takes too long: a write that the hub does not read. From another thread. */
    void hurry() {
        WireClient connection = current;
        if (connection != null && System.nanoTime() - sinceNs > GO_MS_MAX * 1_000_000L) {
            connection.reset();
        }
    }

    /** Goes no further. */
    void stopSoon() {
        over = true;
    }

    Random random() {
        return random;
    }

    /** One of these. */
    @SafeVarargs
    final <T> T any(T... of) {
        return of[random.nextInt(of.length)];
    }

    /** A number from 1 to so many. */
    int upTo(int most) {
        return 1 + random.nextInt(most);
    }

    /** The header of the only attackers that have a token. */
    Map<String, String> bearer() {
        return Map.of("Authorization", "Bearer " + token);
    }

    /** A fresh connection; {@code receiveBuffer} 0 leaves that to the kernel. */
    WireClient connect(int receiveBuffer) throws IOException {
        current = WireClient.from(address, port, receiveBuffer).readTimeout(READ_TIMEOUT_MS);
        return current;
    }

    /** Sends a request on a connection that nobody has read from yet. */
    WireClient send(String method, String target, Map<String, String> headers, byte[] body, int receiveBuffer)
        throws IOException {
        return connect(receiveBuffer).send(method, target, new LinkedHashMap<>(headers), body);
    }

    /** Sends a request and reads its whole answer, or the beginning of a stream. */
    void ask(String method, String target, Map<String, String> headers, byte[] body) throws IOException {
        try (WireClient connection = send(method, target, headers, body, 0)) {
            WireResponse head = status(connection);
            if (head != null && !method.equals("HEAD")) {
                InputStream in = connection.body(head);
                byte[] some = new byte[4_096];
                for (int read = 0; read >= 0 && System.nanoTime() - sinceNs < READ_TIMEOUT_MS * 1_000_000L; ) {
                    read = in.read(some);
                }
            }
        }
    }

    /** The head of an answer, which is counted; null when none came in time. */
    WireResponse status(WireClient connection) throws IOException {
        try {
            WireResponse head = connection.readHead();
            count(Integer.toString(head.status()));
            if (head.status() == FAULT) {
                Attackers.tell("answer", now.name(), new String(
                    connection.body(head).readAllBytes(), StandardCharsets.UTF_8));
            }
            return head;
        } catch (java.net.SocketTimeoutException e) {
            count("none");
            return null;
        } catch (RuntimeException e) {
            count("odd"); // the hub's answer was no HTTP; garbage gets what its container thinks fit
            return null;
        }
    }

    /** Opens a stream or asks for anything else, reads the status, and holds the connection. */
    void open(String target, Map<String, String> headers, boolean reads) throws IOException {
        WireClient connection = send("GET", target, headers, null, reads ? 0 : 4_096);
        WireResponse head = status(connection);
        if (head == null || head.status() == 200) {
            hold(connection, reads);
        } else {
            connection.close();
        }
    }

    /** Holds a connection for a while, with those before; the oldest goes when there are too many. */
    void hold(WireClient connection, boolean reads) {
        if (held.size() == HELD_MAX) {
            leave(held.removeFirst().connection());
        }
        held.addLast(new Held(connection, System.nanoTime() + upTo(HELD_MS_MAX) * 1_000_000L, reads));
    }

    /** One more answer of this kind. */
    void count(String answer) {
        synchronized (answers) {
            answers.computeIfAbsent(now.name(), name -> new TreeMap<>()).merge(answer, 1, Integer::sum);
        }
    }

    /** Adds what was counted. */
    void addTo(Map<String, Map<String, Integer>> sums) {
        synchronized (answers) {
            answers.forEach((name, counts) -> counts.forEach((answer, count) ->
                sums.computeIfAbsent(name, n -> new TreeMap<>()).merge(answer, count, Integer::sum)));
        }
    }

    /** For a query or a form. */
    static String enc(String text) {
        return Publisher.encode(text);
    }
}
