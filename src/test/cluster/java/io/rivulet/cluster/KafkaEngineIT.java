package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Outcome;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.kit.Await;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What {@link ClusterEngine} promises, asked of a real Kafka of one broker, and what only that one can be asked. */
class KafkaEngineIT extends EngineContract {

    private static final int LIMIT_MS = 500;

    private Kafka kafka;

    @Override
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(Kafka.isThere(), Kafka.WHERE);
        kafka = Kafka.one();
        return kafka;
    }

    private static Batch batch(Run run, long number, byte[] body) {
        return new Batch(run.epoch(), number, (int) number, number, 1, 1, body);
    }

    private static Batch batch(Run run, long number) {
        return batch(run, number, new byte[10]);
    }

    @Test
    void anEngineThatWillNotDoIsToldAtTheStart() throws Exception {
        assertTold("does not let this user in", kafka.url("told", "wrong"));
        assertTold("must be kafka://", "kafka:127.0.0.1");
        assertTold("is missing", null);
        assertTold("there is one broker alone", kafka.url("told").replace(Kafka.NOT_DURABLE, ""));
        kafka.create("parts", 2, 1, Map.of());
        assertTold("one partition", kafka.url("parts"));
        kafka.create("compacted", 1, 1, Map.of("cleanup.policy", "compact"));
        assertTold("cleanup.policy", kafka.url("compacted"));
    }

    @Test
    void aCallToABrokerThatStandsStillEndsAndIsNotDoneTwice() throws Exception {
        try (ClusterEngine engine = Kafka.engine(kafka.url("still"), LIMIT_MS)) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            kafka.stop(1);
            try {
                LogAway small = assertThrows(LogAway.class, () -> within(() -> engine.append(batch(run, 2), -1)));
                assertTrue(small.isUnknown());
                assertThrows(IOException.class, () -> within(() -> engine.read(0, 100)));
            } finally {
                kafka.goOn(1);
            }
            // the broker does late what has been sent; the same batch is there once, whoever was first
            Await.until("it is back", () -> isBack(engine));
            assertEquals(Outcome.APPENDED, engine.append(batch(run, 2), -1).outcome());
            assertEquals(2, engine.read(0, 100).head());
        }
    }

    private static boolean isBack(ClusterEngine engine) {
        try {
            return engine.read(0, 100).head() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** On another thread, for a call that does not end must fail the test and not hold it up. */
    private static <T> T within(Callable<T> call) throws Throwable {
        CompletableFuture<T> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(call.call());
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        }, "test-call");
        thread.setDaemon(true);
        thread.start();
        try {
            return end.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Test
    void whoIsAllowedWhatTheDocumentsSayCanDoAllAndWhoIsNotIsTold() throws Exception {
        String url = kafka.url("allowed").replace("%22" + Kafka.USER + "%22", "%22" + Kafka.GUEST + "%22");
        assertTold("Kafka forbids what the hub needs", url);
        kafka.allow(ResourceType.TOPIC, "allowed", AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS,
            AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.CREATE);
        kafka.allow(ResourceType.TOPIC, "allowed-notes", AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS,
            AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE);
        kafka.allow(ResourceType.TRANSACTIONAL_ID, "allowed-import", AclOperation.DESCRIBE, AclOperation.WRITE);
        try (ClusterEngine engine = Kafka.engine(url, 5_000)) {
            engine.check();
            try (ClusterEngine.Load load = engine.load(new Run(1, 99, new byte[16], 1))) {
                load.add(new ClusterEngine.Stored(1, 1, 1, 11, 1_000, 1, new byte[10]));
                load.commit();
            }
            Run run = engine.begin("test", 0);
            assertEquals(2, engine.append(batch(run, 1), -1).base());
            engine.tell(run.epoch(), new byte[10]);
            engine.await(1);
            assertEquals(2, engine.read(0, 100_000).batches().size());
            engine.trim(0, 0, 0);
            assertEquals(2, engine.read(2, 100).first());
        } finally {
            kafka.forbidAll();
        }
    }

    @Test
    void theWayIsSecuredByTlsAndTheCertificateIsChecked() throws Exception {
        String url = kafka.tlsUrl("secured");
        assertTold("is not trusted", url);
        try (ClusterEngine engine = Kafka.engine(url + "&ssl.truststore.type=PEM&ssl.truststore.location="
            + kafka.certificate(), 5_000)) {
            Run run = engine.begin("test", 0);
            assertEquals(1, engine.append(batch(run, 1), -1).base());
            assertEquals(1, engine.read(0, 100).head());
        }
    }
}
