package io.rivulet.hostile;

import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.Programs;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Health;
import io.rivulet.kit.ServerProcess;
import io.rivulet.mercure.Token;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hub as an operator runs it, out of dev mode and with 256 MB, as a process of its own. For the test's thread. */
final class HubProcess implements AutoCloseable {

    private static final int CLASSES = 15;
    private static final Pattern END = Pattern.compile("stream-end (\\w+)");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Container container;
    private final Scale scale;
    private final Path folder;
    private Process process;
    private int port;

    HubProcess(Container container, Scale scale, Path folder) throws IOException {
        this.container = container;
        this.scale = scale;
        this.folder = folder;
        start();
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.java(), "-Xmx" + Scale.HEAP_MB + "m"));
        command.addAll(scale.jvm());
        if (scale.jvm().stream().noneMatch(word -> word.matches("-XX:\\+Use\\w+GC"))) {
            command.add("-XX:+UseSerialGC"); // what a JVM takes by itself where it sees one core
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerProcess.class.getName(),
            "container=" + container, "war=" + System.getProperty("war", "target/rivulet.war"), "port=" + port,
            "data=" + folder.resolve("data"), "rivulet.dev=false", "rivulet.heartbeat=15s",
            "rivulet.resource=https://localhost/.well-known/mercure", "rivulet.token.issuer=" + Token.ISSUER,
            "rivulet.token.key=" + Token.SECRET, "rivulet.presence=true",
            // caches as small as suits such a heap: what fills them is no loss of memory, and would hide one
            "rivulet.ring.bytes=" + Scale.RING_MB + "m", "rivulet.read.bytes=8m",
            "rivulet.access.log=" + folder.resolve("access.log")));
        process = new ProcessBuilder(scale.pinned() ? Core.SERVER.run(command) : command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile())).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("ready ")) {
                port = Integer.parseInt(line.substring("ready ".length()));
                Await.until("the log of the hub is open", START_LIMIT, () -> Health.of(port, "").isOpen());
                return;
            }
        }
        throw new IOException("the hub ended before it was ready; see " + log());
    }

    /** Ends it and starts it again on the same port: what was published before is in the log alone. */
    void restart() throws IOException {
        process.destroy();
        awaitGone();
        start();
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Megabytes that are alive. */
    long aliveMb() throws IOException {
        Jcmd.collect(process.pid());
        return Jcmd.heapKb(process.pid()) / 1_024;
    }

    /** What is alive, by class. */
    List<String> largest() throws IOException {
        return Jcmd.largest(process.pid(), CLASSES);
    }

    /** Leaves a heap dump in the folder, when {@code -Dhostile.dump} asks for it: what keeps what, before and after. */
    void dump(String name) throws IOException {
        if (Boolean.getBoolean("hostile.dump")) {
            Jcmd.dump(process.pid(), folder.resolve(name + ".hprof"));
        }
    }

    /** Milliseconds of the processor that its threads took, by kind. */
    Map<String, Long> threadMs() throws IOException {
        return Jcmd.threadMs(process.pid());
    }

    private Path log() {
        return folder.resolve("hub.log");
    }

    /** What its log must not hold: errors of the JVM, and the hub's own word for what it had not thought of. */
    List<String> errors() throws IOException {
        return Files.readAllLines(log()).stream().filter(line -> line.contains("OutOfMemoryError")
            || line.contains("StackOverflowError") || line.startsWith("SEVERE")).distinct().limit(20).toList();
    }

    /** Stack traces by their first line, for a person. */
    Map<String, Integer> traces() throws IOException {
        Map<String, Integer> traces = new TreeMap<>();
        String before = "";
        boolean inside = false;
        for (String line : Files.readAllLines(log())) {
            boolean frame = line.startsWith("\tat ");
            if (frame && !inside) {
                traces.merge(before, 1, Integer::sum);
            }
            inside = frame || line.startsWith("\t...") || line.startsWith("Caused by");
            before = line;
        }
        return traces;
    }

    /** Why the hub ended streams of these addresses, as its access log tells, and how often. */
    Map<String, Integer> ends(String addresses) throws IOException {
        Map<String, Integer> ends = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("access.log"))) {
            Matcher end = END.matcher(line);
            if (line.startsWith(addresses) && end.find()) {
                ends.merge(end.group(1), 1, Integer::sum);
            }
        }
        return ends;
    }

    private void awaitGone() {
        Await.until("the hub is gone", START_LIMIT, () -> !process.isAlive());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitGone();
    }
}
