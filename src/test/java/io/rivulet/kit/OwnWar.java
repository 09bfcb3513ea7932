package io.rivulet.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code java -jar rivulet.war} as a person runs it: in a folder of its own, told by its words, ended by a signal. */
public final class OwnWar implements AutoCloseable {

    private static final String AT = "Rivulet is at ";
    private static final Duration START_LIMIT = Await.LIMIT.multipliedBy(3);
    /** A JVM ends so what it says of its threads when it is asked by a signal. */
    private static final String DUMP_END = "Metaspace       used";
    private static final List<String> SMALL = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Instant began = Instant.now();
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final Thread reader;

    /** Starts it in this folder, with these words and this environment. */
    public OwnWar(Path folder, Map<String, String> environment, String... words) throws IOException {
        this(SMALL, folder, environment, words);
    }

    /** The same with these arguments for its JVM. */
    public OwnWar(List<String> jvm, Path folder, Map<String, String> environment, String... words)
        throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(jvm);
        command.addAll(List.of("-Djava.io.tmpdir=" + folder, "-jar",
            Path.of(System.getProperty("war", "target/rivulet.war")).toAbsolutePath().toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RIVULET_"));
        builder.environment().putAll(environment);
        process = builder.start();
        reader = new Thread(this::read, "test-own-war");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it so that it speaks TLS, by PEM files that are put into the folder. */
    public static OwnWar overTls(Path folder, String... words) throws IOException {
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        Tls.writePem(certificate, key);
        List<String> all = new ArrayList<>(List.of("--tls.certificate=" + certificate, "--tls.key=" + key));
        all.addAll(List.of(words));
        return new OwnWar(folder, Map.of(), all.toArray(String[]::new));
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
            }
        } catch (IOException e) {
            said.add("its output cannot be read: " + e);
        }
    }

    /** Waits until it says where it is, and has opened its log. */
    public OwnWar awaitOpen() {
        URI at = at();
        if (at.getScheme().equals("http")) {
            Await.get(() -> "the log is open; " + told(), Await.LIMIT,
                () -> Health.of(at.getPort(), "").isOpen() ? Boolean.TRUE : null);
        }
        return this;
    }

    /** Waits until it says where it is. */
    public URI at() {
        return Await.get(() -> "the server's URL; " + told(), START_LIMIT, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("it ended: " + said);
            }
            return List.copyOf(said).stream().filter(line -> line.contains(AT))
                .map(line -> URI.create(line.substring(line.indexOf(AT) + AT.length()).strip())).findFirst()
                .orElse(null);
        });
    }

    /** What it has said and used until now, and what each of its threads is at: for a test that waits in vain. */
    private String told() {
        return "it said " + said() + "\nafter " + Duration.between(began, Instant.now()).toMillis() + " ms, with "
            + process.info().totalCpuDuration().map(Duration::toMillis).orElse(-1L) + " ms of the processor, at a load"
            + " of " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage() + ";\n" + threads();
    }

    /** What each of its threads is at now. */
    String threads() {
        int lines = said.size();
        try {
            new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
            Await.until("they are told", () -> linesFrom(lines).contains(DUMP_END));
        } catch (IOException | AssertionError e) {
            return "its threads cannot be asked for: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return linesFrom(lines);
    }

    private String linesFrom(int first) {
        List<String> all = List.copyOf(said);
        return String.join("\n", all.subList(first, all.size()));
    }

    /** Its port on the loopback interface. */
    public int port() {
        return at().getPort();
    }

    /** All lines so far. */
    public String said() {
        return String.join("\n", List.copyOf(said));
    }

    /** The process itself. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGTERM, as an operator's stop. */
    public void terminate() {
        process.destroy();
    }

    /** Waits until it is gone; gives its status. */
    public int awaitGone() {
        try {
            if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the process does not end: " + said);
            }
            reader.join(Await.LIMIT.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while a process ends", e);
        }
    }

    /** SIGKILL, without a warning. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitGone();
    }
}
