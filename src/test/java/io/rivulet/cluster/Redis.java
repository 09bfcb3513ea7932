package io.rivulet.cluster;

import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A Redis of the tests' own, from the program that is installed, on a port of 127.0.0.1. */
final class Redis implements EngineServer {

    static final String PASSWORD = "of-the-test";
    /** The folder that it writes. */
    private static final String APPENDED = "appendonlydir";

    private final Path home;
    private final int port;
    private final List<String> options;
    private Process process;

    private Redis(Path home, int port, List<String> options) {
        this.home = home;
        this.port = port;
        this.options = options;
    }

    /** Whether this machine has it. */
    static boolean isThere() {
        return program() != null;
    }

    private static Path program() {
        return Stream.of("redis-server", "valkey-server")
            .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(at -> Path.of(at, name)))
            .filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** Makes a new one and starts it; options as in {@code --maxmemory 100mb}, each word for itself. */
    static Redis start(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always", "--save", "",
            "--requirepass", PASSWORD, "--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0"));
        all.addAll(List.of(options));
        return started(Files.createTempDirectory("rivulet-redis"), all);
    }

    /** One of a Redis Cluster, which has no slots yet. */
    static Redis startInCluster() throws IOException {
        return start("--cluster-enabled", "yes", "--cluster-port", "" + freePort());
    }

    /** A Sentinel that alone decides when the standby of this master is promoted. */
    static Redis startSentinel(Redis master, String name) throws IOException {
        Path home = Files.createTempDirectory("rivulet-sentinel");
        Path settings = Files.write(home.resolve("sentinel.conf"), List.of(
            "sentinel monitor " + name + " 127.0.0.1 " + master.port + " 1", "sentinel auth-pass " + name + " "
                + PASSWORD, "sentinel down-after-milliseconds " + name + " 500",
            "sentinel failover-timeout " + name + " 2000", "requirepass " + PASSWORD));
        return started(home, List.of(settings.toString(), "--sentinel"));
    }

    /**
     * A free port below those that systems give to outgoing connections: else one of these could have it while the
     * server is killed and not started again yet.
     */
    static int freePort() throws IOException {
        for (int tries = 0; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                return free.getLocalPort();
            } catch (IOException e) {
                if (tries == 100) {
                    throw e;
                }
            }
        }
    }

    private static Redis started(Path home, List<String> options) throws IOException {
        Redis made = new Redis(home, freePort(), options);
        try {
            made.restart();
            return made;
        } catch (IOException | AssertionError e) {
            made.close();
            throw e;
        }
    }

    @Override
    public void restart() throws IOException {
        List<String> command = new ArrayList<>(List.of(program().toString()));
        command.addAll(options); // a file of settings comes first
        command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", home.toString()));
        process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile())).start();
        Await.until("Redis takes commands, see " + home, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Redis has ended, see " + home.resolve("log"));
            }
            try {
                command("PING");
                return true;
            } catch (IOException e) {
                return false; // it loads what it has
            }
        });
    }

    /** Says something to it, as its owner. */
    Object command(Object... words) throws IOException {
        try (RedisConnection connection = RedisConnection.open("127.0.0.1", port, false, 5_000)) {
            connection.call(5_000, "AUTH", PASSWORD);
            return connection.call(20_000, words);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of(process.toHandle());
    }

    @Override
    public long calls() throws IOException {
        return RedisConnection.text(command("INFO", "stats")).lines()
            .filter(line -> line.startsWith("total_commands_processed:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
    }

    /** Where nodes of a Cluster speak to each other. */
    int busPort() {
        return Integer.parseInt(options.get(options.indexOf("--cluster-port") + 1));
    }

    /** Whether all slots have their node, as far as this one knows. */
    boolean isClusterOk() {
        try {
            return RedisConnection.text(command("CLUSTER", "INFO")).contains("cluster_state:ok");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String engine() {
        return "redis";
    }

    @Override
    public String url(String log) {
        return url(log, PASSWORD);
    }

    @Override
    public String url(String log, String password) {
        return "redis://:" + password + "@127.0.0.1:" + port + "/0?prefix=" + log;
    }

    @Override
    public ClusterEngine open(String log) throws IOException {
        return new RedisEngine(url(log));
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        Await.until("Redis is gone", () -> !process.isAlive());
    }

    @Override
    public void copyTo(String name) throws Exception {
        kill();
        Postgres.run(List.of("cp", "-a", home.resolve(APPENDED).toString(), home.resolve(name).toString()));
        restart();
    }

    @Override
    public void replaceBy(String name) throws Exception {
        kill();
        Postgres.run(List.of("rm", "-r", home.resolve(APPENDED).toString()));
        Postgres.run(List.of("mv", home.resolve(name).toString(), home.resolve(APPENDED).toString()));
        restart();
    }

    /** It stands still, and its connections stay as they are, until it goes on. */
    void stop() throws IOException {
        signal("STOP");
    }

    void goOn() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        Process sent = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        Await.until("the signal is sent", () -> !sent.isAlive());
    }

    @Override
    public void cut() throws IOException {
        command("CLIENT", "KILL", "TYPE", "normal");
    }

    @Override
    public void empty(String log) throws IOException {
        command("DEL", key(log, "hub"), key(log, "log"), key(log, "tick"), key(log, "runs"), key(log, "nodes"),
            key(log, "notes"), key(log, "notehead"));
    }

    static String key(String log, String name) {
        return '{' + log + "}:" + name;
    }

    @Override
    public void close() throws IOException {
        if (process != null && process.isAlive()) {
            kill();
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
