package io.rivulet.cluster;

import io.rivulet.cluster.kafka.KafkaJar;
import io.rivulet.kit.Await;
import io.rivulet.kit.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A Kafka of the tests' own: one broker or three, each of them a controller, too, from the jars that the build has put
 * into {@code target/kafka}. All classes of a build share {@link #one} and {@link #three}, which end with the tests; a
 * log is a topic, so logs are as many as names. Benches have {@linkplain #startDurable some of their own}. Brokers are
 * numbered from 1.
 *
 * <p>A broker listens at {@code DIRECT}, at {@code PROXIED}, which it says is at the port of a proxy, and at
 * {@code TLS} for those who have the password; {@code INSIDE} is for the brokers themselves and for the tests.
 */
final class Kafka implements EngineServer {

    /** May do anything, as brokers may. */
    static final String USER = "rivulet";
    /** With the same password, and what it was {@linkplain #allow given}. */
    static final String GUEST = "guest";
    static final String PASSWORD = "of-the-test";

    /** What is not there where {@link #isThere} says no. */
    static final String MISSING = "there are no jars of a broker of Kafka in target/kafka, where -Pcluster puts them";
    /** Why tests are skipped then. */
    static final String WHERE = "skipped: " + MISSING;

    /** A lone broker may lose what was acknowledged, and so may a copy that is let lead though it lags. */
    static final String NOT_DURABLE = "&durable=no";

    /** A test need not wait for as long as a hub does. */
    private static final int ANSWER_MS = 2_000;

    private static Kafka one;
    private static Kafka three;

    private final Path home;
    /** Whether all classes of a build have it, and it ends with the tests. */
    private final boolean shared;
    private final String id = Uuid.randomUuid().toString();
    private final List<KafkaProcess> brokers = new ArrayList<>();
    private Admin admin;

    private Kafka(Path home, boolean shared) {
        this.home = home;
        this.shared = shared;
    }

    /** Whether the build has put the jars of a broker there: a build of another profile has not. */
    static boolean isThere() {
        return Files.isDirectory(KafkaProcess.JARS);
    }

    /** The lone broker of this JVM's tests; it is whole. */
    static synchronized Kafka one() throws Exception {
        one = one == null ? start(1, true) : one.whole();
        return one;
    }

    /** The three of this JVM's tests; they are whole. */
    static synchronized Kafka three() throws Exception {
        three = three == null ? start(3, true) : three.whole();
        return three;
    }

    /** The lone broker, for a class that takes it for a new one: no log of any test is left. */
    static Kafka emptyOne() throws Exception {
        Kafka broker = one();
        broker.delete(broker.names());
        return broker;
    }

    /** Three that nobody else has, in JVMs with both compilers. They acknowledge what two have in memory. */
    static Kafka startDurable() throws Exception {
        return start(3, false);
    }

    /** The jar of Kafka's clients, which a WAR needs beside it. */
    static Path clients() throws IOException {
        try (Stream<Path> files = Files.list(KafkaProcess.JARS)) {
            return files.filter(file -> file.getFileName().toString().startsWith("kafka-clients-")).findFirst()
                .orElseThrow().toAbsolutePath();
        }
    }

    private static Kafka start(int brokers, boolean shared) throws Exception {
        Kafka made = new Kafka(Files.createTempDirectory("rivulet-kafka"), shared);
        // also after a test that has failed; a process whose parent was killed ends by itself
        Runtime.getRuntime().addShutdownHook(new Thread(made::end, "test-kafka-end"));
        try {
            for (int i = 1; i <= brokers; i++) {
                made.brokers.add(new KafkaProcess(i, made.home, made.id, shared));
            }
            made.writeSettings();
            made.restart();
            return made;
        } catch (IOException | AssertionError e) {
            made.end();
            throw e;
        }
    }

    private void writeSettings() throws IOException {
        Path key = home.resolve("key.pem");
        Tls.writePem(certificate(), key);
        Path both = Files.writeString(home.resolve("both.pem"),
            Files.readString(key) + Files.readString(certificate()));
        int copies = brokers.size();
        List<String> common = new ArrayList<>(List.of(
            "controller.quorum.voters=" + brokers.stream().map(KafkaProcess::voter).collect(Collectors.joining(",")),
            "default.replication.factor=" + copies, "min.insync.replicas=" + (copies + 1) / 2,
            "offsets.topic.replication.factor=" + copies, "transaction.state.log.replication.factor=" + copies,
            "transaction.state.log.min.isr=" + (copies + 1) / 2,
            "listener.name.tls.ssl.keystore.type=PEM", "listener.name.tls.ssl.keystore.location=" + both));
        for (String listener : List.of("direct", "proxied", "tls")) {
            common.add("listener.name." + listener + ".plain.sasl.jaas.config=org.apache.kafka.common.security.plain."
                + "PlainLoginModule required user_" + USER + "=\"" + PASSWORD + "\" user_" + GUEST + "=\"" + PASSWORD
                + "\";");
        }
        for (KafkaProcess broker : brokers) {
            broker.writeSettings(common);
        }
    }

    /** Who asks the brokers at these addresses. */
    static Admin admin(String addresses) {
        return Admin.create(Map.of("bootstrap.servers", addresses, "request.timeout.ms", "2000",
            "default.api.timeout.ms", "5000", "reconnect.backoff.max.ms", "200"));
    }

    /** For what no method here does. It goes on where brokers are gone, and come back. */
    synchronized Admin admin() {
        if (admin == null) {
            admin = admin(brokers.stream().map(broker -> "127.0.0.1:" + broker.inside())
                .collect(Collectors.joining(",")));
        }
        return admin;
    }

    /** What Kafka has answered. */
    static <T> T done(KafkaFuture<T> future) throws IOException {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    private KafkaProcess broker(int number) {
        return brokers.get(number - 1);
    }

    @Override
    public String engine() {
        return "kafka";
    }

    @Override
    public String url(String log) {
        return url(log, PASSWORD);
    }

    @Override
    public String url(String log, String password) {
        return url(log, broker -> "127.0.0.1:" + broker.direct(), "SASL_PLAINTEXT", password);
    }

    /** The same by the proxies that stand before the brokers. */
    String proxiedUrl(String log) {
        return url(log, broker -> "127.0.0.1:" + broker.proxy().port(), "SASL_PLAINTEXT", PASSWORD);
    }

    /** Of the lone broker, who sends clients on to the proxy that he has told of: this one stands behind that. */
    @Override
    public int port() {
        return broker(1).proxied();
    }

    @Override
    public String urlBy(int proxy, String log) {
        broker(1).proxy().target(proxy); // until the broker is asked for once more
        return proxiedUrl(log);
    }

    @Override
    public Map<String, String> settings(String log) throws IOException {
        return Map.of("engine", engine(), "engine.url", url(log), "engine.jar", clients().toString());
    }

    @Override
    public List<ProcessHandle> processes() {
        return brokers.stream().map(broker -> broker.handle()).toList();
    }

    @Override
    public long calls() throws IOException {
        long calls = 0;
        for (KafkaProcess broker : brokers) {
            calls += KafkaMeter.answers(broker.handle().pid(), "DIRECT"); // where nodes are alone
        }
        return calls;
    }

    /** The same by TLS, for those who trust {@link #certificate}. */
    String tlsUrl(String log) {
        return url(log, broker -> "localhost:" + broker.tls(), "SASL_SSL", PASSWORD);
    }

    private String url(String log, Function<KafkaProcess, String> address, String protocol, String password) {
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + USER
            + "\" password=\"" + password + "\";";
        return "kafka://" + brokers.stream().map(address).collect(Collectors.joining(",")) + '/' + log + "?replicas="
            + brokers.size() + (brokers.size() == 1 ? NOT_DURABLE : "") + "&security.protocol=" + protocol
            + "&sasl.mechanism=PLAIN&sasl.jaas.config="
            + URLEncoder.encode(login, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Of the brokers, as PEM. */
    Path certificate() {
        return home.resolve("certificate.pem");
    }

    /** By the proxies, so that its connections can be {@link #cut}. */
    @Override
    public ClusterEngine open(String log) throws IOException {
        return engine(proxiedUrl(log), ANSWER_MS);
    }

    /** An engine with Kafka's clients from the class path, and this limit for an answer. */
    static ClusterEngine engine(String url, int answerMs) throws IOException {
        return new KafkaEngine(url, new KafkaJar(null, ""), answerMs);
    }

    @Override
    public void cut() {
        brokers.forEach(broker -> broker.proxy().cut());
    }

    /** The proxy before a broker, for those who come by {@link #proxiedUrl}. */
    StallingProxy proxy(int broker) {
        return broker(broker).proxy();
    }

    @Override
    public void kill() {
        brokers.forEach(KafkaProcess::kill);
    }

    void kill(int broker) {
        broker(broker).kill();
    }

    @Override
    public void restart() throws IOException {
        for (KafkaProcess broker : brokers) {
            broker.begin();
        }
        brokers.forEach(KafkaProcess::awaitServing);
    }

    @Override
    public void copyTo(String name) throws Exception {
        kill();
        for (KafkaProcess broker : brokers) {
            Postgres.run(List.of("cp", "-a", broker.data().toString(), copy(name, broker)));
        }
        restart();
    }

    @Override
    public void replaceBy(String name) throws Exception {
        kill();
        for (KafkaProcess broker : brokers) {
            Postgres.run(List.of("rm", "-r", broker.data().toString()));
            Postgres.run(List.of("mv", copy(name, broker), broker.data().toString()));
        }
        restart();
    }

    private String copy(String name, KafkaProcess broker) {
        return home.resolve(name + broker.number()).toString();
    }

    void restart(int broker) throws IOException {
        broker(broker).begin();
        broker(broker).awaitServing();
    }

    /** Starts those that are gone, and waits until every copy of every topic is one that may lead. */
    private Kafka whole() throws IOException {
        for (KafkaProcess broker : brokers) {
            broker.proxy().target(broker.proxied());
            if (!broker.isAlive()) {
                broker.begin();
            }
        }
        brokers.forEach(KafkaProcess::awaitServing);
        Await.until("each copy has all", KafkaProcess.START_LIMIT, () -> {
            try {
                return done(admin().describeTopics(names()).allTopicNames()).values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.isr().size() == partition.replicas().size());
            } catch (IOException e) {
                return false; // a leader is being chosen
            }
        });
        return this;
    }

    /** This broker stands still, and its connections stay as they are, until it goes on. */
    void stop(int broker) throws IOException {
        broker(broker).signal("STOP");
    }

    void goOn(int broker) throws IOException {
        broker(broker).signal("CONT");
    }

    /** The broker that leads this log; 0 while there is none. */
    int leader(String log) throws IOException {
        TopicPartitionInfo partition = partition(log);
        return partition.leader() == null ? 0 : partition.leader().id();
    }

    /** The brokers whose copy of this log has all, as they know it; each of them may lead it. */
    List<Integer> inSync(String log) throws IOException {
        return partition(log).isr().stream().map(node -> node.id()).toList();
    }

    private TopicPartitionInfo partition(String log) throws IOException {
        return done(admin().describeTopics(List.of(log)).allTopicNames()).get(log).partitions().get(0);
    }

    /** Makes a topic as its owner might have. */
    void create(String topic, int partitions, int copies, Map<String, String> settings) throws IOException {
        done(admin().createTopics(List.of(new NewTopic(topic, partitions, (short) copies).configs(settings))).all());
        Await.until(topic + " is there", () -> {
            try {
                return leader(topic) > 0;
            } catch (IOException e) {
                return false; // a broker was asked that has not heard of it yet
            }
        });
    }

    /** Lets the guest do these things to what is named: a topic, or a transactional id. */
    void allow(ResourceType type, String name, AclOperation... operations) throws IOException {
        ResourcePattern what = new ResourcePattern(type, name, PatternType.LITERAL);
        done(admin().createAcls(Stream.of(operations).map(operation -> new AclBinding(what,
            new AccessControlEntry("User:" + GUEST, "*", operation, AclPermissionType.ALLOW))).toList()).all());
    }

    /** Lets the guest do nothing any more. */
    void forbidAll() throws IOException {
        done(admin().deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    /** Changes a setting of a topic. */
    void set(String topic, String key, String value) throws IOException {
        done(admin().incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic),
            List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)))).all());
    }

    /** Deletes the topics of the log; nodes make them anew. */
    @Override
    public void empty(String log) throws IOException {
        Set<String> topics = new HashSet<>(names());
        topics.removeIf(name -> !name.equals(log) && !name.equals(log + "-notes"));
        delete(topics);
    }

    private void delete(Set<String> topics) throws IOException {
        done(admin().deleteTopics(topics).all());
        Await.until(topics + " are gone", () -> Collections.disjoint(names(), topics));
    }

    private Set<String> names() {
        try {
            return done(admin().listTopics().names());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that is shared ends with the tests. */
    @Override
    public void close() {
        if (!shared) {
            end();
        }
    }

    private synchronized void end() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
        brokers.forEach(KafkaProcess::kill);
        if (!Files.exists(home)) {
            return; // it could not start, and has ended before
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
