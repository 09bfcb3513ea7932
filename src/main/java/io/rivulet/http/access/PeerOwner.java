package io.rivulet.http.access;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which account of this machine holds the other end of a connection, as Linux tells in {@code /proc/net/tcp}. {@link
 * DevAccess} asks, in dev mode only, on the container's threads.
 *
 * <p>A proxy on this machine can look like a person in everything that it sends, for it may pass on what a stranger
 * wrote. It cannot choose the account that it runs as: the workers of nginx, HAProxy and Apache have accounts of their
 * own, and a person's curl and browser have the account that started the hub.
 *
 * <p>The hard thing is what to make of a row that is not there. A client that has gone has no row, or one without an
 * owner, and a stranger can make a proxy go in the middle of a request. So that is a refusal, and so are a table that
 * can no longer be read and one too long to search. Only a table that never speaks of this hub is no witness: it has no
 * row for the port that the hub itself listens at, as on WSL 1 and in some sandboxes. Then the other conditions decide.
 */
class PeerOwner {

    private static final Path TABLES = Path.of("/proc/net");
    /** Rows of one table: more than a loopback address has ports for both ends. Beyond it a search is given up. */
    static final int ROWS_MAX = 200_000;
    /** Connections whose owner is remembered: those of browsers and publishers, asked for at each request. */
    static final int REMEMBERED = 10_000;
    /** Twice: the kernel writes a table piece by piece, and a row may slip between two pieces as others come and go. */
    private static final List<String> LOOKS = List.of("tcp", "tcp6", "tcp", "tcp6");
    private static final long ROOT = 0;
    private static final long NOBODY_KNOWN = -1;
    /** What the kernel writes for a process that nobody has logged in for. */
    private static final long NOT_SET = 4_294_967_295L;

    private final Path tables;
    private final long own;
    private final long starter;
    private final boolean rootIsRelay;
    /** Held for a search of the tables, by the leader of a round; the leader of the next one waits for it. */
    private final Lock searching = new ReentrantLock();
    /** The round that is to come, or null; guarded by the monitor of this, which is held for work on a list. */
    private Round next;
    private final Map<String, Answer> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** One connection: as its container names it (null: not at all), and both ends as the hub sees them. */
    record Connection(String id, String peer, int peerPort, String local, int localPort) {
    }

    /** {@code fault} is why the caller is not trusted, null when it is; {@code isKnown}: the table decided. */
    record Answer(boolean isKnown, String fault) {
        private static final Answer NO_WITNESS = new Answer(false, null);
        private static final Answer OURS = new Answer(true, null);

        private static Answer not(String fault) {
            return new Answer(true, fault);
        }
    }

    /**
     * @param tables      the folder of the tables {@code tcp} and {@code tcp6}; null where there are none
     * @param own         the uid of this process
     * @param starter     the uid of the person in whose login it was started, by sudo for example; -1 for none
     * @param rootIsRelay whether connections of a person may come from root
     */
    PeerOwner(Path tables, long own, long starter, boolean rootIsRelay) {
        this.tables = tables;
        this.own = own;
        this.starter = starter;
        this.rootIsRelay = rootIsRelay;
    }

    /** What this system tells. A table that can be read now has to be readable later: else callers are refused. */
    static PeerOwner ofThisSystem() {
        long own = ownUid();
        boolean told = own != NOBODY_KNOWN && Files.isReadable(TABLES.resolve("tcp"));
        return new PeerOwner(told ? TABLES : null, own, login(), isWsl());
    }

    /** Whether this system tells owners at all. */
    boolean isTold() {
        return tables != null;
    }

    /** The accounts that are trusted, for a sentence. */
    String trusted() {
        return "uid " + own + (starter == NOBODY_KNOWN || starter == own ? "" : " and uid " + starter)
            + (rootIsRelay && own != ROOT ? " and root" : "");
    }

    /** Whether the caller is trusted. An answer stays true for the connection: its other end keeps its owner. */
    Answer ask(Connection connection) {
        if (tables == null) {
            return Answer.NO_WITNESS;
        }
        if (connection.id() == null) {
            return search(connection);
        }
        Answer known = remembered(connection.id(), connection.peerPort());
        if (known != null) {
            return known;
        }
        Answer answer = search(connection);
        synchronized (remembered) {
            remembered.put(key(connection.id(), connection.peerPort()), answer);
        }
        return answer;
    }

    /** What was answered for this connection before; null when nobody has asked, or its container does not name it. */
    Answer remembered(String id, int peerPort) {
        if (id == null) {
            return null;
        }
        synchronized (remembered) {
            return remembered.get(key(id, peerPort));
        }
    }

    /** The container never gives an id twice; the address alone could be another client's a second later. */
    private static String key(String id, int peerPort) {
        return id + ' ' + peerPort;
    }

    /**
     * Searches for all who wait, one search at a time. Thousands of streams that come at once cost a few dozen searches
     * of a long table, and a stranger who makes many connections keeps one core busy, not all.
     *
     * <p>T1 searches. T2 and T3 ask: their connections may be younger than the rows that T1 has read, so both join the
     * round that is to come, and T2, the first, leads it. T1 ends, T2 searches for both, and T3 has its answer. Those
     * who have joined wait for their round and for no lock: T4, who came during the search of T2, would else take the
     * lock before T3 and search for itself alone, and a crowd would wait for as many searches as it has heads.
     */
    private Answer search(Connection connection) {
        Round joined;
        boolean leads;
        synchronized (this) {
            leads = next == null;
            joined = leads ? new Round() : next;
            joined.wanted.add(connection);
            next = joined; // last: a round without a leader would let all wait for ever
        }
        if (leads) {
            lead(joined);
        }
        return joined.answers.join().get(connection);
    }

    private void lead(Round round) {
        searching.lock();
        try {
            synchronized (this) {
                next = null; // who comes from now on may have a younger row
            }
            round.answers.complete(search(round.wanted));
        } catch (Error e) { // memory that is missing, say: the others must not wait for ever
            round.answers.completeExceptionally(e);
            throw e;
        } finally {
            searching.unlock();
        }
    }

    /** How many wait for the next search. */
    synchronized int waiting() {
        return next == null ? 0 : next.wanted.size();
    }

    /** Connections that are looked for in one search. */
    private static final class Round {
        /** Guarded by the owner's monitor until the round is taken; then of the thread that leads. */
        private final List<Connection> wanted = new ArrayList<>();
        private final CompletableFuture<Map<Connection, Answer>> answers = new CompletableFuture<>();
    }

    private Map<Connection, Answer> search(List<Connection> wanted) {
        Map<Connection, Answer> answers = new HashMap<>();
        Answer missing;
        try {
            Search search = new Search(answers);
            for (int i = 0; i < LOOKS.size() && answers.size() < search.want(wanted, LOOKS.get(i)); i++) {
                search.in(LOOKS.get(i));
            }
            missing = search.isTooLong ? Answer.not("this machine has more than " + ROWS_MAX + " connections, too many"
                + " to find the owner of this one")
                : search.isListening ? Answer.not("the other end of the connection has gone, or is in another network"
                    + " namespace") : Answer.NO_WITNESS;
        } catch (IOException | RuntimeException e) {
            missing = Answer.not("the owner of the connection cannot be told now");
        }
        for (Connection each : wanted) {
            answers.putIfAbsent(each, missing);
        }
        return answers;
    }

    /** Opens a table; null where there is none, as of IPv6 on a system without it. */
    BufferedReader open(String table) throws IOException {
        Path file = tables.resolve(table);
        return Files.exists(file) ? Files.newBufferedReader(file, StandardCharsets.ISO_8859_1) : null;
    }

    /** Reads tables line by line; a row is what {@code tcp_seq_show} of the kernel writes. */
    private final class Search {
        private final Map<Connection, Answer> answers;
        /** By both ends as the client's own row has them: its address first, and the hub's as the remote one. */
        private final Map<String, Connection> byEnds = new HashMap<>();
        private final Set<String> listensAt = new HashSet<>();
        private boolean isListening;
        private boolean isTooLong;

        Search(Map<Connection, Answer> answers) {
            this.answers = answers;
        }

        /** Makes ready for this table; returns how many connections are wanted in all. */
        int want(List<Connection> wanted, String table) throws IOException {
            boolean wide = table.equals("tcp6");
            byEnds.clear();
            listensAt.clear();
            for (Connection c : wanted) {
                byEnds.put(hex(c.peer(), wide) + port(c.peerPort()) + " " + hex(c.local(), wide)
                    + port(c.localPort()), c);
                listensAt.add(port(c.localPort()) + " " + "0".repeat(wide ? 32 : 8) + ":0000 0A ");
            }
            return wanted.size();
        }

        void in(String table) throws IOException {
            try (BufferedReader lines = open(table)) {
                int rows = 0;
                for (String line = lines == null ? null : lines.readLine(); line != null; line = lines.readLine()) {
                    look(line);
                    if (++rows > ROWS_MAX) {
                        isTooLong = true;
                        return;
                    }
                }
            }
        }

        private void look(String line) {
            int from = line.indexOf(": ") + 2; // behind the row's number
            int to = line.indexOf(' ', line.indexOf(' ', from) + 1);
            Connection client = to < 0 ? null : byEnds.get(line.substring(from, to));
            if (client != null) {
                answers.put(client, judge(line));
            } else if (!isListening && line.contains(" 0A ")) {
                isListening = listensAt.stream().anyMatch(line::contains);
            }
        }
    }

    /** Fields: number, local, remote, state, queues, timer, retransmits, uid, timeout, inode. */
    private Answer judge(String row) {
        String[] fields = row.strip().split("\\s+");
        long uid = Long.parseLong(fields[7]);
        if (fields[9].equals("0")) { // closed by its program: the kernel goes on with it alone, and writes 0 as its uid
            return Answer.not("the other end of the connection has gone");
        }
        boolean ours = uid == own || uid == starter && starter != NOBODY_KNOWN || uid == ROOT && rootIsRelay;
        return ours ? Answer.OURS : Answer.not("the connection belongs to uid " + uid + " of this machine, and"
            + " only programs of " + trusted() + " are trusted, for a proxy has an account of its own");
    }

    /** As the kernel writes an address: each four bytes as one number of this machine's byte order. */
    private static String hex(String address, boolean wide) throws IOException {
        byte[] bytes = InetAddress.getByName(address).getAddress(); // of the container: a literal, so nothing is asked
        StringBuilder text = new StringBuilder(32);
        if (bytes.length == 4 && wide) {
            text.append("0".repeat(16)).append(word(new byte[] {0, 0, -1, -1}, 0)); // a client's IPv6 socket to IPv4
        } else if (bytes.length == 16 && !wide) {
            return "-"; // such a connection is in the other table
        }
        for (int i = 0; i < bytes.length; i += 4) {
            text.append(word(bytes, i));
        }
        return text.toString();
    }

    private static String word(byte[] bytes, int at) {
        return String.format("%08X", java.nio.ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(at));
    }

    private static String port(int number) {
        return String.format(":%04X", number);
    }

    /** The effective uid of this process, or -1 where it is not told. */
    private static long ownUid() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    return Long.parseLong(line.split("\\s+")[2]);
                }
            }
        } catch (IOException | RuntimeException e) {
            return NOBODY_KNOWN; // no Linux
        }
        return NOBODY_KNOWN;
    }

    /** The person who logged in, whom the kernel remembers through sudo and su; -1 for none, as with a service. */
    private static long login() {
        try {
            long uid = Long.parseLong(Files.readString(Path.of("/proc/self/loginuid")).strip());
            return uid == NOT_SET ? NOBODY_KNOWN : uid;
        } catch (IOException | RuntimeException e) {
            return NOBODY_KNOWN;
        }
    }

    /** WSL 2 hands a browser of Windows on to the port by a program of root's. */
    private static boolean isWsl() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/osrelease")).toLowerCase(java.util.Locale.ROOT)
                .contains("microsoft");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
