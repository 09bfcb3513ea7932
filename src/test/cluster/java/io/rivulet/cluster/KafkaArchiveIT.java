package io.rivulet.cluster;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The command {@code log} at a real Kafka. */
class KafkaArchiveIT extends EngineLogTest {

    private static Kafka kafka;
    private static int logs;

    private final String topic = "archive" + ++logs;

    @BeforeAll
    static void findKafka() throws Exception {
        Assumptions.assumeTrue(Kafka.isThere(), Kafka.WHERE);
        kafka = Kafka.one();
    }

    @Override
    ClusterEngine engine() throws IOException {
        return kafka.open(topic);
    }
}
