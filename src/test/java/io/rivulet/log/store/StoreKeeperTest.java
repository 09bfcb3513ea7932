package io.rivulet.log.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.log.store.StoreState.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One holder of a folder at a time, and how it moves from one to the next. */
class StoreKeeperTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private final List<StoreHolder> holders = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (StoreHolder holder : holders) {
            holder.close();
        }
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        assertEquals(List.of(), System.getProperties().keySet().stream().map(Object::toString)
            .filter(k -> k.startsWith("io.rivulet.store:")).toList());
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("rivulet-store")));
    }

    private StoreHolder start(String contextPath, boolean always) {
        StoreHolder holder = new StoreHolder(folder, contextPath, always);
        holders.add(holder);
        holder.start();
        return holder;
    }

    private static void awaitKind(StoreHolder holder, Kind kind) {
        Await.until("the store is " + kind, SOON, () -> holder.state().kind() == kind);
    }

    @Test
    void aFolderThatNobodyHoldsIsOpened() {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        assertEquals(1, one.append("x"));
        assertNull(one.state().reason());
        one.close();
        assertEquals(Kind.CLOSED, one.state().kind());
        StoreHolder two = start("/b", false);
        awaitKind(two, Kind.OPEN);
        assertEquals(2, two.append("y"));
    }

    @Test
    void anotherApplicationWaitsAndNamesTheHolder() {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        StoreHolder two = start("/b", false);
        Await.until("the holder is named", SOON, () -> two.state().holder() != null);
        assertEquals("/a " + ProcessHandle.current().pid(),
            two.state().holder().contextPath() + " " + two.state().holder().pid());
        assertTrue(two.state().reason().contains("the application at \"/a\""), two.state().reason());
        assertEquals(Kind.OPENING, two.state().kind());
        assertEquals(1, one.append("x"), "it was not disturbed");
        one.close();
        awaitKind(two, Kind.OPEN);
        assertEquals(2, two.append("y"));
    }

    @Test
    void aNewerInstanceOfTheSameApplicationGetsTheFolderAndTheOlderNeverAsksBack() {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        one.append("x");
        StoreHolder two = start("/a", false);
        awaitKind(two, Kind.OPEN);
        assertEquals(Kind.CLOSED, one.state().kind());
        assertEquals(List.of("opened", "handOver"), one.calls());
        assertEquals(2, two.append("y"));
        StoreHolder three = start("/a", false);
        awaitKind(three, Kind.OPEN);
        assertEquals(Kind.CLOSED, two.state().kind());
        assertEquals(3, three.append("z"));
        assertEquals(List.of("opened"), three.calls());
    }

    @Test
    void theSettingAsksWhateverTheContextPath() {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        StoreHolder two = start("/b", true);
        awaitKind(two, Kind.OPEN);
        assertEquals(Kind.CLOSED, one.state().kind());
    }

    @Test
    void whoAsksGetsTheFolderBeforeOneThatOnlyWaits() {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        StoreHolder waiting = start("/b", false);
        Await.until("it waits", SOON, () -> waiting.state().holder() != null);
        StoreHolder asking = start("/a", false);
        awaitKind(asking, Kind.OPEN);
        assertEquals(Kind.OPENING, waiting.state().kind());
    }

    @Test
    void aHolderThatWorksOnKeepsTheFolderUntilItHasEnded() {
        CountDownLatch streamsEnded = new CountDownLatch(1);
        StoreHolder one = start("/a", false);
        one.handOverWaitsFor(streamsEnded);
        awaitKind(one, Kind.OPEN);
        StoreHolder two = start("/a", false);
        awaitKind(one, Kind.HANDING_OVER);
        assertEquals(Kind.OPENING, two.state().kind());
        streamsEnded.countDown();
        awaitKind(two, Kind.OPEN);
    }

    @Test
    void damageIsAStateWithTheReasonAndNoCrash() throws IOException {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        one.append("x");
        one.append("y");
        one.close();
        Path segment = folder.resolve("00000000000000000001.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[64 + 48 + 14] ^= 1; // behind the headers of the segment and of its first block, in the first record
        Files.write(segment, bytes);
        StoreHolder two = start("/a", false);
        awaitKind(two, Kind.FAILED);
        assertTrue(two.state().reason().contains(segment + " is damaged at offset 64"), two.state().reason());
        two.close();
        assertEquals(Kind.FAILED, two.state().kind());
    }

    @Test
    void notesThatAreNoTextAreAsIfTheyWereNotThere() throws IOException {
        byte[] noUtf8 = {'1', ' ', (byte) 0xC3, '(', (byte) 0xFF, ' ', '1'};
        Files.write(folder.resolve("store.holder"), noUtf8);
        Files.write(folder.resolve("store.request-00000000-0000-0000-0000-000000000000"), noUtf8);
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        assertEquals(1, one.append("x"));
    }

    /** Health is open to everybody. */
    @Test
    void whatIsToldToAnybodyDoesNotSayWhereTheFolderLies() throws IOException {
        StoreHolder one = start("/a", false);
        awaitKind(one, Kind.OPEN);
        assertNull(one.state().reasonWithout(folder));
        StoreHolder other = start("/b", false);
        Await.until("the holder is told", SOON, () -> other.state().holder() != null);
        assertEquals("the data folder is held by " + other.state().holder(), other.state().reasonWithout(folder));
        assertEquals(other.state().reasonWithout(folder), other.state().troubleWithout(folder));
        Path blocked = folder.resolve("blocked");
        Files.writeString(blocked, "a file where a folder should be");
        StoreHolder third = new StoreHolder(blocked.resolve("data"), "/c", false);
        holders.add(third);
        third.start();
        Await.until("the reason is told", SOON, () -> third.state().reason().contains("cannot be used"));
        String told = third.state().reasonWithout(blocked.resolve("data"));
        assertFalse(told.contains(folder.toString()), told);
        assertTrue(told.startsWith("the data folder cannot be used: "), told);
    }

    @Test
    void aFolderThatCannotBeMadeIsTriedAgain() throws IOException {
        Path blocked = folder.resolve("data");
        Files.writeString(blocked, "a file where a folder should be");
        StoreHolder one = new StoreHolder(blocked, "/a", false);
        holders.add(one);
        one.start();
        Await.until("the reason is told", SOON, () -> one.state().reason().contains("cannot be used"));
        Files.delete(blocked);
        awaitKind(one, Kind.OPEN);
    }

    @Test
    void theFolderMovesBetweenClassLoadersOfOneJvm() throws Exception {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .map(StoreKeeperTest::url).toArray(URL[]::new);
        try (URLClassLoader application = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = application.loadClass(StoreHolder.class.getName());
            assertFalse(type == StoreHolder.class);
            AutoCloseable other = (AutoCloseable) type.getConstructor(Path.class, String.class, boolean.class)
                .newInstance(folder, "/a", false);
            type.getMethod("start").invoke(other);
            Await.until("the other loader's store is open", SOON, () -> type(type, other).equals("OPEN"));
            StoreHolder waiting = start("/b", false);
            Await.until("the holder is named", SOON, () -> waiting.state().holder() != null);
            Process process = launch("/c");
            awaitLine(process, "OPENING");
            assertEquals("OPEN", type(type, other), "looking at the lock did not drop it");
            StoreHolder mine = start("/a", false);
            awaitKind(mine, Kind.OPEN);
            assertEquals("CLOSED", type(type, other));
            other.close();
        }
    }

    private static String type(Class<?> type, Object holder) {
        try {
            return (String) type.getMethod("kind").invoke(holder);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theFolderMovesBetweenProcesses() throws Exception {
        Process process = launch("/a");
        awaitLine(process, "OPEN");
        StoreHolder other = start("/b", false);
        Await.until("the other process is named", SOON,
            () -> other.state().holder() != null && other.state().holder().pid() == process.pid());
        StoreHolder mine = start("/a", false);
        awaitKind(mine, Kind.OPEN);
        awaitLine(process, "CLOSED");
    }

    @Test
    void aKilledHolderLeavesNothingToCleanUp() throws Exception {
        Process process = launch("/a");
        awaitLine(process, "OPEN");
        StoreHolder mine = start("/b", false);
        Await.until("it waits", SOON, () -> mine.state().holder() != null);
        process.destroyForcibly().waitFor();
        awaitKind(mine, Kind.OPEN);
        assertEquals(1, mine.append("x"));
    }

    @Test
    void aKilledAskerIsNotObeyed() throws Exception {
        StoreHolder mine = start("/a", false);
        awaitKind(mine, Kind.OPEN);
        Files.writeString(folder.resolve("store.request-00000000-0000-0000-0000-000000000000"), "99 1 1 true /a");
        Await.until("the dead request is removed", SOON, () -> requests().isEmpty());
        assertEquals(Kind.OPEN, mine.state().kind());
    }

    private List<Path> requests() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith("store.request-")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Process launch(String contextPath) throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
            StoreHolder.class.getName(), folder.toString(), contextPath)
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        processes.add(process);
        return process;
    }

    /** Reads what the process says of its state until it says this. */
    private static void awaitLine(Process process, String expected) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(),
            StandardCharsets.US_ASCII), 1);
        for (String line = lines.readLine(); ; line = lines.readLine()) {
            assertTrue(line != null, "the process ended before it said " + expected);
            if (line.equals(expected)) {
                return;
            }
        }
    }
}
