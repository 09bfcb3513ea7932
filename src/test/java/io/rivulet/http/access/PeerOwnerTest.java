package io.rivulet.http.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.http.access.PeerOwner.Answer;
import io.rivulet.http.access.PeerOwner.Connection;
import io.rivulet.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a connection is, by tables as Linux writes them. The hub listens at 8080 and runs as uid 1000. */
class PeerOwnerTest {

    /** So many of a table are read at most. */
    private static final int ROWS = 200_000;
    private static final long ANN = 1_000;
    private static final long NOBODY_ELSE = -1;
    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
        + "   uid  timeout inode\n";
    private static final String LOOPBACK = "0100007F";
    private static final String MAPPED = "0000000000000000FFFF00000100007F";
    private static final String LOOPBACK_6 = "00000000000000000000000001000000";
    private static final String LISTENS = row("00000000:1F90", "00000000:0000", "0A", 1_000, 77);
    private static final Connection CURL = new Connection(null, "127.0.0.1", 0xC350, "127.0.0.1", 8080);

    @TempDir
    private Path tables;

    @BeforeEach
    void aMachineAsMost() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the tables here are of such a machine");
    }

    private static String row(String local, String remote, String state, long uid, long inode) {
        return "   0: " + local + " " + remote + " " + state + " 00000000:00000000 00:00000000 00000000 " + uid
            + "        0 " + inode + " 1 00000000efc8defe 20 0 0 10 -1\n";
    }

    private static String client(String address, long uid) {
        return row(address + ":C350", address + ":1F90", "01", uid, 99);
    }

    private PeerOwner of(long own, long starter, boolean rootIsRelay) {
        return new PeerOwner(tables, own, starter, rootIsRelay);
    }

    private PeerOwner ann(String tcp, String tcp6) throws IOException {
        Files.writeString(tables.resolve("tcp"), HEAD + tcp);
        Files.writeString(tables.resolve("tcp6"), HEAD + tcp6);
        return of(ANN, NOBODY_ELSE, false);
    }

    private static void assertRefused(String part, Answer answer) {
        assertTrue(answer.isKnown() && answer.fault() != null && answer.fault().contains(part), answer.toString());
    }

    private static void assertTrusted(Answer answer) {
        assertTrue(answer.isKnown(), answer.toString());
        assertNull(answer.fault());
    }

    @Test
    void aProgramOfTheSameAccountIsTrusted() throws IOException {
        assertTrusted(ann(LISTENS + client(LOOPBACK, ANN), "").ask(CURL));
    }

    @ParameterizedTest
    @CsvSource({"33", "65534", "0", "1001", "4294967294"})
    void aProgramOfAnotherAccountIsNot(long uid) throws IOException {
        Answer answer = ann(LISTENS + client(LOOPBACK, uid), "").ask(CURL);
        assertRefused("uid " + uid + " of this machine", answer);
        assertRefused("uid 1000", answer);
    }

    @Test
    void theRowIsFoundForEachKindOfAddress() throws IOException {
        String other = row(LOOPBACK + ":C351", LOOPBACK + ":1F90", "01", ANN, 98);
        assertRefused("uid 33", ann(other, LISTENS + client(MAPPED, 33)).ask(CURL));
        assertTrusted(ann(other, client(MAPPED, ANN)).ask(CURL));
        Connection six = new Connection(null, "0:0:0:0:0:0:0:1", 0xC350, "::1", 8080);
        assertTrusted(ann(client(LOOPBACK, 33), client(LOOPBACK_6, ANN)).ask(six));
        assertRefused("uid 33", ann(client(LOOPBACK, ANN), client(LOOPBACK_6, 33)).ask(six));
        Connection mapped = new Connection(null, "::ffff:127.0.0.1", 0xC350, "127.0.0.1", 8080);
        assertTrusted(ann(client(LOOPBACK, ANN), "").ask(mapped));
    }

    @Test
    void theHubsOwnEndIsNotTakenForTheClients() throws IOException {
        String own = row(LOOPBACK + ":1F90", LOOPBACK + ":C350", "01", ANN, 97);
        assertRefused("uid 33", ann(LISTENS + own + client(LOOPBACK, 33), "").ask(CURL));
        assertRefused("gone", ann(LISTENS + own, "").ask(CURL));
    }

    @Test
    void aClientThatHasGoneIsRefusedHoweverItsRowLooks() throws IOException {
        for (String state : new String[] {"04", "05", "06"}) {
            String orphan = row(LOOPBACK + ":C350", LOOPBACK + ":1F90", state, 0, 0);
            Files.writeString(tables.resolve("tcp"), HEAD + LISTENS + orphan);
            assertRefused("gone", of(0, NOBODY_ELSE, false).ask(CURL));
        }
        assertRefused("gone", ann(LISTENS, "").ask(CURL));
    }

    @Test
    void aTableThatNeverSpeaksOfTheHubLeavesItToTheOtherConditions() throws IOException {
        for (String tcp : new String[] {"", row("00000000:1F91", "00000000:0000", "0A", 0, 1)}) {
            Answer answer = ann(tcp, "").ask(CURL);
            assertFalse(answer.isKnown());
            assertNull(answer.fault());
        }
        Answer elsewhere = new PeerOwner(null, -1, NOBODY_ELSE, false).ask(CURL);
        assertFalse(elsewhere.isKnown());
        assertNull(elsewhere.fault());
    }

    @Test
    void aSystemWithoutTheNewerAddressesHasOneTable() throws IOException {
        ann(LISTENS + client(LOOPBACK, ANN), "");
        Files.delete(tables.resolve("tcp6"));
        assertTrusted(of(ANN, NOBODY_ELSE, false).ask(CURL));
        Files.writeString(tables.resolve("tcp"), HEAD + LISTENS);
        assertRefused("gone", of(ANN, NOBODY_ELSE, false).ask(CURL));
    }

    @Test
    void aTableThatCanNoLongerBeReadTrustsNobody() throws IOException {
        ann("", "");
        Files.delete(tables.resolve("tcp"));
        Files.createDirectory(tables.resolve("tcp")); // there, and not to be read
        assertRefused("cannot be told", of(ANN, NOBODY_ELSE, false).ask(CURL));
        Files.delete(tables.resolve("tcp"));
        Files.writeString(tables.resolve("tcp"), HEAD + "   0: " + LOOPBACK + ":C350 " + LOOPBACK + ":1F90 01\n");
        assertRefused("cannot be told", of(ANN, NOBODY_ELSE, false).ask(CURL));
    }

    @Test
    void aTableWithoutEndIsSearchedUpToABoundAndThenTrustsNobody() throws IOException {
        String other = row(LOOPBACK + ":C351", LOOPBACK + ":1F91", "06", 0, 0);
        assertTrusted(ann(other.repeat(ROWS - 2) + client(LOOPBACK, ANN), "").ask(CURL));
        assertRefused("more than " + ROWS, ann(other.repeat(ROWS + 1)
            + client(LOOPBACK, ANN), "").ask(CURL));
    }

    @Test
    void aRowThatIsMissingIsLookedForTwiceInEachTable() {
        List<String> opened = new ArrayList<>();
        PeerOwner owner = new PeerOwner(tables, ANN, NOBODY_ELSE, false) {
            @Override
            BufferedReader open(String table) {
                opened.add(table);
                return new BufferedReader(new StringReader(HEAD + LISTENS));
            }
        };
        assertRefused("has gone", owner.ask(CURL));
        assertEquals(List.of("tcp", "tcp6", "tcp", "tcp6"), opened);
    }

    @Test
    void aConnectionIsLookedUpOnceAndAnotherOneOfTheSameAddressAnew() throws IOException {
        Connection first = new Connection("1", "127.0.0.1", 0xC350, "127.0.0.1", 8080);
        Connection second = new Connection("2", "127.0.0.1", 0xC350, "127.0.0.1", 8080);
        PeerOwner owner = ann(LISTENS + client(LOOPBACK, ANN), "");
        assertTrusted(owner.ask(first));
        ann(LISTENS + client(LOOPBACK, 33), "");
        assertTrusted(owner.ask(first));
        assertRefused("uid 33", owner.ask(second));
        ann(LISTENS + client(LOOPBACK, ANN), "");
        assertRefused("uid 33", owner.ask(second));
    }

    @Test
    void ofConnectionsThatComeAndGoAsManyAreRememberedAsThereMayBe() {
        AtomicInteger opened = new AtomicInteger();
        PeerOwner owner = new PeerOwner(tables, ANN, NOBODY_ELSE, false) {
            @Override
            BufferedReader open(String table) {
                opened.incrementAndGet();
                return new BufferedReader(new StringReader(HEAD + LISTENS + client(LOOPBACK, ANN)));
            }
        };
        for (int i = 0; i <= PeerOwner.REMEMBERED; i++) {
            assertTrusted(owner.ask(new Connection("" + i, "127.0.0.1", 0xC350, "127.0.0.1", 8080)));
        }
        int before = opened.get();
        owner.ask(new Connection("1", "127.0.0.1", 0xC350, "127.0.0.1", 8080));
        assertEquals(before, opened.get(), "this one is remembered");
        owner.ask(new Connection("0", "127.0.0.1", 0xC350, "127.0.0.1", 8080));
        assertEquals(before + 1, opened.get(), "the one that was asked for the longest ago is looked for again");
    }

    /** Thousands of streams that come at once, each of which would search through the rows of all. */
    @Test
    void thoseWhoComeDuringASearchShareTheNextOne() throws Exception {
        String rows = LISTENS;
        for (int port = 0; port <= 20; port++) {
            rows += row(LOOPBACK + String.format(":%04X", port), LOOPBACK + ":1F90", "01", port == 7 ? 33 : ANN, 9);
        }
        ann(rows, "");
        AtomicInteger opened = new AtomicInteger();
        CountDownLatch goOn = new CountDownLatch(1);
        PeerOwner owner = new PeerOwner(tables, ANN, NOBODY_ELSE, false) {
            @Override
            BufferedReader open(String table) throws IOException {
                opened.incrementAndGet();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.open(table);
            }
        };
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i <= 20; i++) {
                Connection each = new Connection("" + i, "127.0.0.1", i, "127.0.0.1", 8080);
                answers.add(callers.submit(() -> owner.ask(each)));
                int others = i;
                Await.until("it searches or waits", () -> opened.get() == 1 && owner.waiting() == others);
            }
            goOn.countDown();
            for (int i = 0; i <= 20; i++) {
                Answer answer = answers.get(i).get(20, TimeUnit.SECONDS);
                assertEquals(i == 7, answer.fault() != null, answer.toString());
            }
            assertEquals(2, opened.get());
        } finally {
            goOn.countDown();
            callers.shutdown();
        }
    }

    /** A crowd that comes all the time would else wait for the searches of those who came later, one by one. */
    @Test
    void whoseSearchIsDoneWaitsForNoLaterOne() throws Exception {
        StringBuilder rows = new StringBuilder(LISTENS);
        for (int port = 0; port <= 40; port++) {
            rows.append(row(LOOPBACK + String.format(":%04X", port), LOOPBACK + ":1F90", "01", ANN, 9));
        }
        ann(rows.toString(), "");
        AtomicInteger opened = new AtomicInteger();
        Semaphore searches = new Semaphore(0);
        PeerOwner owner = new PeerOwner(tables, ANN, NOBODY_ELSE, false) {
            @Override
            BufferedReader open(String table) throws IOException {
                opened.incrementAndGet();
                searches.acquireUninterruptibly();
                return super.open(table);
            }
        };
        AtomicInteger answered = new AtomicInteger();
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i <= 20; i++) {
                int port = i;
                all.add(callers.submit(() -> {
                    assertTrusted(owner.ask(of(port)));
                    answered.incrementAndGet();
                    if (port > 0) { // the same thread has the next connection at once
                        assertTrusted(owner.ask(of(20 + port)));
                    }
                }));
                Await.until("it searches or waits", () -> opened.get() == 1 && owner.waiting() == port);
            }
            searches.release();
            Await.until("the second search has begun, for all but the first", () -> opened.get() == 2
                && answered.get() == 1 && owner.waiting() == 0);
            searches.release();
            Await.until("all have their answers, and the third search is not done", () -> answered.get() == 21);
            searches.release(100);
            for (Future<?> each : all) {
                each.get(20, TimeUnit.SECONDS);
            }
            assertTrue(opened.get() < 41, opened + " searches for 41 connections");
        } finally {
            searches.release(100);
            callers.shutdown();
        }
    }

    private static Connection of(int port) {
        return new Connection("" + port, "127.0.0.1", port, "127.0.0.1", 8080);
    }

    @Test
    void whoStartedTheHubBySudoIsTrustedAndRootOfAnotherHubOnWslOnly() throws IOException {
        ann(LISTENS + client(LOOPBACK, ANN), "");
        assertTrusted(of(0, ANN, false).ask(CURL));
        assertRefused("uid 1000", of(0, NOBODY_ELSE, false).ask(CURL));
        ann(LISTENS + client(LOOPBACK, 0), "");
        assertTrusted(of(0, NOBODY_ELSE, false).ask(CURL));
        assertTrusted(of(ANN, NOBODY_ELSE, true).ask(CURL));
        assertEquals("uid 1000 and root", of(ANN, NOBODY_ELSE, true).trusted());
        assertEquals("uid 0 and uid 1000", of(0, ANN, false).trusted());
    }

    @Test
    void onLinuxAConnectionOfThisProcessIsItsOwn() throws IOException {
        PeerOwner here = PeerOwner.ofThisSystem();
        assumeTrue(here.isTold(), "this system does not tell whose a connection is");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
            Socket end;
            try (Socket client = new Socket(loopback, server.getLocalPort())) {
                end = server.accept();
                assertEquals(client.getLocalPort(), end.getPort());
                assertTrusted(here.ask(connection("1", end)));
            }
            try (end) {
                assertRefused("gone", here.ask(connection("2", end)));
            }
        }
    }

    private static Connection connection(String id, Socket end) {
        return new Connection(id, end.getInetAddress().getHostAddress(), end.getPort(),
            end.getLocalAddress().getHostAddress(), end.getLocalPort());
    }
}
