package io.rivulet.hostile;

import io.rivulet.bench.drive.Latencies;
import io.rivulet.kit.Await;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An honest reader. A thread of its own reads, and comes back as a browser does when the stream was ended; that it was
 * ended is a fault already. Afterwards it compares what came with the order of the log.
 */
final class HonestStream extends Thread {

    /** What a reader asks for. */
    enum Kind {
        /** Two topics by name. */
        EXACT,
        /** A topic by name, at Mercure's path. */
        MERCURE,
        /** All topics of the honest ones, by a template. */
        TEMPLATE,
        /** The same, and it may miss what a newer event of the topic replaces. */
        CONFLATING,
        /** Two topics by name; it leaves now and then and comes back with its last id. */
        RETURNING,
        /** Active subscriptions: it reads whatever the hub tells of others, as fast as it can. */
        WATCHING;

        /** Of ten streams six are exact, one is of each other kind; nobody watches but the very last. */
        static Kind of(int number, int streams) {
            return number == streams - 1 ? WATCHING : switch (number % 10) {
                case 6 -> TEMPLATE;
                case 7 -> MERCURE;
                case 8 -> CONFLATING;
                case 9 -> RETURNING;
                default -> EXACT;
            };
        }
    }

    static final int ADDRESSES = 20;
    private static final int STAY_MS = 2_000;
    private static final int SILENCE_MS = 40_000;
    /** After a refusal it comes back. */
    private static final Duration BACK = Duration.ofMillis(500);

    private final Kind kind;
    private final int port;
    private final Book book;
    private final Consumer<String> faults;
    private final Consumer<String> refusals;
    private final String name;
    private final String address;
    private final Set<String> topics = new TreeSet<>();
    private final Random random;
    private final List<Integer> got = new ArrayList<>();
    private final BitSet has = new BitSet();
    private Latencies latencies = new Latencies();
    private String lastId = "";
    private String lastTold = "nothing";
    private int opened;
    private int last = -1;
    private long worstReturnUs;
    private WireClient client;
    private volatile boolean over;

    /** A reader of some of these topics. */
    HonestStream(int number, Kind kind, int port, Book book, List<String> all, Random random,
                 Consumer<String> faults, Consumer<String> refusals) {
        super("honest-stream-" + number);
        setDaemon(true);
        this.kind = kind;
        this.port = port;
        this.book = book;
        this.random = random;
        this.faults = faults;
        this.refusals = refusals;
        name = "honest stream " + number + " (" + kind + ")";
        address = "127.0.1." + (1 + number % ADDRESSES);
        for (int i = 0; i < (kind == Kind.MERCURE ? 1 : 2); i++) {
            topics.add(all.get(random.nextInt(all.size())));
        }
    }

    private String target() {
        return switch (kind) {
            case EXACT, RETURNING -> "/api/updates?topic=" + String.join("&topic=", topics);
            case MERCURE -> "/.well-known/mercure?match=" + String.join("&match=", topics);
            case TEMPLATE -> "/api/updates?topic=" + Publisher.encode(Honest.TEMPLATE);
            case CONFLATING -> "/api/updates?conflate=topic&topic=" + Publisher.encode(Honest.TEMPLATE);
            case WATCHING -> "/.well-known/mercure?match_urlpattern="
                + Publisher.encode("/.well-known/mercure/subscriptions/*");
        };
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("Accept", "text/event-stream"));
        if (!lastId.isEmpty()) {
            headers.put("Last-Event-ID", lastId);
        }
        if (kind == Kind.WATCHING) {
            headers.put("Authorization", "Bearer " + Token.v1().claim("sub", "\"watcher\"")
                .mercureDetail("\"actions\":[\"subscribe\"],\"topics\":[{\"match\":"
                    + "\"/.well-known/mercure/subscriptions/*\",\"match_type\":\"urlpattern\"}]").sign());
        }
        return headers;
    }

    @Override
    public void run() {
        while (!over) {
            long beginNs = System.nanoTime();
            try (WireClient connection = WireClient.from(address, port, 0)) {
                client = connection;
                connection.readTimeout(SILENCE_MS);
                WireResponse head = connection.send("GET", target(), headers(), null).readHead();
                if (head.status() != 200) {
                    (Honest.isLater(head) ? refusals : faults).accept(name + " was refused: " + head.status() + " "
                        + new String(connection.body(head).readAllBytes()));
                    Await.pass(BACK);
                    continue;
                }
                opened(beginNs);
                read(connection.body(head), kind == Kind.RETURNING
                    ? System.nanoTime() + (STAY_MS + random.nextInt(STAY_MS)) * 1_000_000L : Long.MAX_VALUE);
            } catch (IOException e) {
                if (!over) {
                    faults.accept(name + " was cut (" + e + "); it was told last: " + told());
                }
            }
        }
    }

    private synchronized void opened(long beginNs) {
        opened++;
        if (opened > 1) {
            worstReturnUs = Math.max(worstReturnUs, (System.nanoTime() - beginNs) / 1_000);
        }
    }

    /** Until it is time to leave; an end that the hub makes is a fault. */
    private void read(InputStream in, long untilNs) throws IOException {
        StreamParser parser = new StreamParser(lastId, this::take, comment -> { });
        byte[] some = new byte[4_096];
        while (!over) {
            int n = in.read(some);
            if (n < 0 && kind == Kind.WATCHING) {
                return; // strangers may make more of it than the tail holds; the end tells the loss, as documented
            }
            if (n < 0) {
                faults.accept(name + " was ended by the hub; it was told last: " + told());
                return;
            }
            parser.take(some, 0, n);
            lastId = parser.lastEventId();
            if (System.nanoTime() > untilNs) {
                return;
            }
        }
    }

    private synchronized String told() {
        return lastTold;
    }

    /** One event as the parser dispatches it. */
    synchronized void take(Dispatched event) {
        int number = event.type().equals("message") ? Book.number(event.data()) : -1;
        if (number >= 0) {
            got.add(number);
            has.set(number);
            last = number;
            latencies.add(book.ageUs(number));
        } else if (kind != Kind.WATCHING) {
            lastTold = event.type() + " " + event.data();
            boolean lost = event.type().equals("rivulet.gap") || event.type().equals("rivulet.hello")
                && !event.data().matches(".*\"resumed\":\"(live|exact)\".*");
            if (lost) {
                faults.accept(name + " was told of a loss: " + lastTold);
            }
        }
    }

    /** Whether the hub has let it in. */
    synchronized boolean isOpen() {
        return opened > 0;
    }

    /** Whether it measures the hub: what conflates or replays is late because it asked to be. */
    boolean isLive() {
        return kind == Kind.EXACT || kind == Kind.TEMPLATE || kind == Kind.MERCURE;
    }

    /** What it saw since this was asked before; an event from number {@code from} on that has not come counts, too. */
    synchronized Latencies latencies(int from) {
        Latencies seen = latencies;
        for (int number = from; number < book.size(); number++) {
            if (book.isAcknowledged(number) && wants(number) && !has.get(number)) {
                seen.add(book.ageUs(number));
            }
        }
        latencies = new Latencies();
        return seen;
    }

    /** Longest time from a reconnect to its head. */
    synchronized long worstReturnUs() {
        return worstReturnUs;
    }

    private boolean wants(int number) {
        return kind == Kind.TEMPLATE || kind == Kind.CONFLATING || topics.contains(book.topic(number));
    }

    /** Whether the last event of this log that it wants has come. */
    boolean isThrough(List<Integer> log) {
        if (kind == Kind.WATCHING) {
            return true;
        }
        int awaited = log.stream().filter(this::wants).reduce(-1, (a, b) -> b);
        synchronized (this) {
            return last == awaited;
        }
    }

    /** Compares what came with the order of the log; events up to number {@code first} may be missing. */
    synchronized void check(List<Integer> log, int first) {
        if (kind == Kind.WATCHING) {
            return;
        }
        List<Integer> wanted = log.stream().filter(this::wants).toList();
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            places.put(wanted.get(i), i);
        }
        int before = -1;
        for (int number : got) {
            int place = places.getOrDefault(number, -1);
            if (place < 0) {
                faults.accept(name + " got " + number + ", which it did not want or the log does not have");
                return;
            }
            boolean skipped = before >= 0 ? place > before + 1 : place > 0 && number > first;
            if (place <= before || skipped && kind != Kind.CONFLATING) {
                faults.accept(name + " got event " + number + ", of place " + place
                    + " among those it wants, after the one of place " + before);
                return;
            }
            before = place;
        }
    }

    /** Whether an event came; a watcher needs none. */
    synchronized boolean isRunning() {
        return kind == Kind.WATCHING || !got.isEmpty();
    }

    /** Leaves for good. */
    void leave() {
        over = true;
        if (client != null) {
            client.close();
        }
    }
}
