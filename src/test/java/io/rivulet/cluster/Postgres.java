package io.rivulet.cluster;

import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A PostgreSQL of the tests' own, from the programs that are installed, on a free port of 127.0.0.1. As root it runs it
 * under the account that the package made, since PostgreSQL refuses to be root.
 */
final class Postgres implements EngineServer {

    private static final String PASSWORD = "of-the-test";
    /** It is no program of ours, and may have to recover first. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path home;
    private final int port;
    private final boolean syncs;
    private String host = "127.0.0.1";
    private Process process;

    private Postgres(Path home, int port, boolean syncs) {
        this.home = home;
        this.port = port;
        this.syncs = syncs;
    }

    /** Whether this machine has what it takes. */
    static boolean isThere() {
        return program("initdb") != null && program("postgres") != null;
    }

    /** The newest that is installed. */
    private static Path program(String name) {
        File[] versions = new File("/usr/lib/postgresql").listFiles();
        Stream<Path> debian = Stream.of(versions == null ? new File[0] : versions)
            .sorted(Comparator.comparing((File file) -> Integer.parseInt(file.getName().replaceAll("\\D.*", "")))
                .reversed())
            .map(file -> file.toPath().resolve("bin").resolve(name));
        Stream<Path> path = Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(place -> Path.of(place, name));
        return Stream.concat(debian, path).filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** Makes a new one and starts it. */
    static Postgres start() throws Exception {
        return make(false);
    }

    /** The same, and it syncs to disk what it has committed, as it does by default. Tests need not wait for that. */
    static Postgres startDurable() throws Exception {
        return make(true);
    }

    private static Postgres make(boolean syncs) throws Exception {
        return start(syncs, data -> List.of(program("initdb").toString(), "-D", data.toString(), "--no-sync", "-A",
            "scram-sha-256", "-U", "rivulet", "--pwfile", data.resolveSibling("password").toString(), "-E", "UTF8",
            "--locale=C"));
    }

    /** Makes a standby of it and starts that: a copy that follows. */
    Postgres standby() throws Exception {
        return start(syncs, data -> List.of(program("pg_basebackup").toString(), "-D", data.toString(), "-R", "-X",
            "stream", "-c", "fast", "--no-sync", "-d", "host=127.0.0.1 port=" + port + " user=rivulet password="
            + PASSWORD));
    }

    private static Postgres start(boolean syncs, Function<Path, List<String>> making) throws Exception {
        Path home = Files.createTempDirectory("rivulet-postgres"); // the other account must get through to it
        Files.writeString(home.resolve("password"), PASSWORD);
        Postgres made = new Postgres(home, Redis.freePort(), syncs);
        try {
            own(home);
            run(asItself(making.apply(home.resolve("data")).toArray(String[]::new)));
            made.restart();
            return made;
        } catch (IOException | AssertionError e) {
            made.close();
            throw e;
        }
    }

    /** Gives this folder to the account that its programs run under. */
    static void own(Path home) throws Exception {
        if (isRoot()) {
            run(List.of("chown", "-R", "postgres", home.toString()));
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** The same process becomes PostgreSQL, so a signal to it is one to PostgreSQL. */
    static List<String> asItself(String... command) {
        List<String> all = new ArrayList<>(isRoot()
            ? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") : List.of());
        all.addAll(List.of(command));
        return all;
    }

    /** Waits until this program is done. */
    static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).directory(new File("/")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + " failed: " + said);
        }
    }

    @Override
    public void restart() throws IOException {
        begin();
        Await.until("PostgreSQL takes connections, see " + home, START_LIMIT, () -> {
            if (!process.isAlive()) { // it does not start before the last process of the one before it is gone
                begin();
            }
            return isOpen() && isReady();
        });
    }

    private void begin() {
        try {
            process = new ProcessBuilder(asItself(program("postgres").toString(), "-D",
                home.resolve("data").toString(), "-p", "" + port, "-c", "listen_addresses=" + host, "-c",
                "unix_socket_directories=", "-c", "fsync=" + (syncs ? "on" : "off")))
                .directory(new File("/")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile())).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isOpen() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isReady() {
        try {
            sql("select 1");
            return true;
        } catch (SQLException e) {
            return false; // it recovers
        }
    }

    /** Says something to it, as its owner; several words are parted by semicolons. */
    void sql(String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("public"));
             Statement words = connection.createStatement()) {
            words.execute(text);
        }
    }

    /** The first field of the first row. */
    String value(String query) throws SQLException {
        try (Connection connection = connect("public"); Statement words = connection.createStatement();
             ResultSet row = words.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** A connection of an application, that finds what is in this schema. */
    Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection(url(schema));
    }

    Connection connect(String schema, String user, String password) throws SQLException {
        return DriverManager.getConnection(url(schema, password).replace("user=rivulet", "user=" + user));
    }

    @Override
    public String engine() {
        return "postgresql";
    }

    /** The log of a name has its tables in the schema of that name. */
    @Override
    public String url(String schema) {
        return url(schema, PASSWORD);
    }

    @Override
    public String url(String schema, String password) {
        return "jdbc:postgresql://" + host + ":" + port + "/postgres?user=rivulet&password=" + password
            + "&currentSchema=" + schema;
    }

    @Override
    public ClusterEngine open(String schema) throws IOException {
        return new PostgresEngine(url(schema));
    }

    @Override
    public void cut() throws SQLException {
        sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rivulet'");
    }

    @Override
    public void empty(String schema) throws SQLException {
        sql("drop schema " + schema + " cascade");
    }

    /** Ends it at once, with all its processes, and without a checkpoint: it recovers as from a crash. */
    @Override
    public void kill() throws IOException {
        new ProcessBuilder("kill", "-QUIT", "" + process.pid()).start();
        Await.until("PostgreSQL is gone", () -> !process.isAlive());
    }

    /** Ends its first process by SIGKILL; the others end when they notice. */
    void killHard() {
        process.destroyForcibly();
        Await.until("PostgreSQL is gone", () -> !process.isAlive());
    }

    /** All its processes stand still. */
    void stop() throws Exception {
        signal("-STOP");
    }

    /** They go on. */
    void goOn() throws Exception {
        signal("-CONT");
    }

    private void signal(String which) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", which, "" + process.pid()));
        process.descendants().forEach(each -> command.add("" + each.pid()));
        new ProcessBuilder(command).start().waitFor(); // one of them may have ended just now
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
        try {
            return Long.parseLong(value("select xact_commit from pg_stat_database where datname = 'postgres'"));
        } catch (SQLException e) {
            throw new IOException("PostgreSQL does not tell its count", e);
        }
    }

    /** A standby becomes the primary; returns when it is. */
    void promote() throws SQLException {
        sql("select pg_promote()");
    }

    /** Starts it, once it has ended, at another address of this machine. */
    void restartAt(String address) throws IOException {
        host = address;
        restart();
    }

    @Override
    public void copyTo(String name) throws Exception {
        kill();
        run(List.of("cp", "-a", home.resolve("data").toString(), home.resolve(name).toString()));
        restart();
    }

    @Override
    public void replaceBy(String name) throws Exception {
        kill();
        run(List.of("rm", "-r", home.resolve("data").toString()));
        run(List.of("mv", home.resolve(name).toString(), home.resolve("data").toString()));
        restart();
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
