package io.rivulet.cluster;

import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/**
 * One broker of a {@link Kafka}: its ports and its proxy, its file of settings, its process, which runs {@link
 * KafkaBroker}. Its files are in the home of that Kafka.
 */
final class KafkaProcess {

    /** Of a broker, and of Kafka's clients: where the build puts them. */
    static final Path JARS = Path.of(System.getProperty("kafka.jars", "target/kafka"));
    /** It is no program of ours, may have to recover first, and has a session to wait for that it had before. */
    static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC",
        "-Djava.util.logging.SimpleFormatter.format=%1$tT.%1$tL %4$s %3$s %5$s%6$s%n");
    private static final int LINES_SHOWN = 30;
    /** Small numbers of threads and bytes, and times after which a broker that is gone is known to be. */
    private static final List<String> SETTINGS = List.of(
        "process.roles=broker,controller", "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=INSIDE", "sasl.enabled.mechanisms=PLAIN", "auto.create.topics.enable=false",
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,DIRECT:SASL_PLAINTEXT,"
            + "PROXIED:SASL_PLAINTEXT,TLS:SASL_SSL",
        "broker.session.timeout.ms=2000", "broker.heartbeat.interval.ms=400", "controlled.shutdown.enable=false",
        "controller.quorum.election.timeout.ms=500", "controller.quorum.election.backoff.max.ms=300",
        "controller.quorum.fetch.timeout.ms=1500", "replica.lag.time.max.ms=3000", "replica.fetch.backoff.ms=100",
        "unclean.leader.election.interval.ms=1000", "connection.failed.authentication.delay.ms=0",
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users=User:ANONYMOUS;User:" + Kafka.USER,
        "num.network.threads=1", "num.io.threads=2", "background.threads=2", "num.replica.fetchers=1",
        "log.cleaner.dedupe.buffer.size=2097152", "offsets.topic.num.partitions=1", "group.coordinator.threads=1",
        "transaction.state.log.num.partitions=1", "group.initial.rebalance.delay.ms=0");

    private final int number;
    private final Path home;
    private final String cluster;
    private final boolean isShort;
    private final int controller = Redis.freePort();
    private final int inside = Redis.freePort();
    private final int direct = Redis.freePort();
    private final int proxied = Redis.freePort();
    private final int tls = Redis.freePort();
    private final StallingProxy proxy = new StallingProxy(proxied);
    private Process process;

    /**
     * A broker that does not run yet.
     *
     * @param number  from 1
     * @param cluster the id that all brokers of it have
     * @param isShort whether a test is over before the second compiler was of use
     */
    KafkaProcess(int number, Path home, String cluster, boolean isShort) throws IOException {
        this.number = number;
        this.home = home;
        this.cluster = cluster;
        this.isShort = isShort;
    }

    int number() {
        return number;
    }

    /** For the brokers themselves, and for the tests. */
    int inside() {
        return inside;
    }

    /** For nodes. */
    int direct() {
        return direct;
    }

    /** For nodes that come by a proxy, whose port this broker tells them. */
    int proxied() {
        return proxied;
    }

    /** For nodes that speak TLS. */
    int tls() {
        return tls;
    }

    StallingProxy proxy() {
        return proxy;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As the settings of all brokers name it. */
    String voter() {
        return number + "@127.0.0.1:" + controller;
    }

    Path data() {
        return home.resolve("data-" + number);
    }

    /** Writes the file of settings; {@code common} are those that depend on how many brokers there are. */
    void writeSettings(List<String> common) throws IOException {
        List<String> all = new ArrayList<>(SETTINGS);
        all.addAll(common);
        all.addAll(List.of("node.id=" + number, "log.dirs=" + data(),
            "listeners=CONTROLLER://127.0.0.1:%d,INSIDE://127.0.0.1:%d,DIRECT://127.0.0.1:%d,"
                .formatted(controller, inside, direct) + "PROXIED://127.0.0.1:%d,TLS://127.0.0.1:%d"
                .formatted(proxied, tls),
            "advertised.listeners=INSIDE://127.0.0.1:%d,DIRECT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,"
                .formatted(inside, direct, proxy.port()) + "TLS://localhost:" + tls));
        Files.write(settings(), all);
    }

    private Path settings() {
        return home.resolve("broker-" + number + ".properties");
    }

    private Path said() {
        return home.resolve("broker-" + number + ".log");
    }

    void begin() throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(JVM);
        if (isShort) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of("-cp", JARS.resolve("*") + File.pathSeparator + classes(),
            KafkaBroker.class.getName(), settings().toString(), cluster));
        process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(said().toFile())).start();
    }

    private static Path classes() {
        try {
            return Path.of(KafkaBroker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until this broker itself tells that it serves. */
    void awaitServing() {
        Await.until("broker " + number + " serves, see " + said(), START_LIMIT, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the broker has ended: " + lastLines());
            }
            return isOpen(inside) && isServing();
        });
    }

    private String lastLines() {
        try {
            List<String> all = Files.readAllLines(said());
            return String.join("\n", all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isServing() {
        try (Admin fresh = Kafka.admin("127.0.0.1:" + inside)) { // it knows no other broker to ask
            return Kafka.done(fresh.describeCluster().nodes()).stream().anyMatch(node -> node.id() == number);
        } catch (IOException e) {
            return false;
        }
    }

    void signal(String name) throws IOException {
        Process sent = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        Await.until("the signal is sent", () -> !sent.isAlive());
    }

    void kill() {
        if (process != null) {
            process.destroyForcibly();
            Await.until("broker " + number + " is gone", () -> !process.isAlive());
        }
    }
}
