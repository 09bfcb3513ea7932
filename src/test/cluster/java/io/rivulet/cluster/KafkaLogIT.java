package io.rivulet.cluster;

import io.rivulet.config.Settings;
import io.rivulet.log.EventLog;
import io.rivulet.log.EventLogContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a log that a real Kafka keeps. */
class KafkaLogIT extends EventLogContract {

    private static Kafka kafka;
    private static int logs;

    @TempDir
    private Path folder;

    @BeforeAll
    static void findKafka() throws Exception {
        Assumptions.assumeTrue(Kafka.isThere(), Kafka.WHERE);
        kafka = Kafka.one();
    }

    @Override
    protected EventLog open() throws IOException {
        return Cluster.open(folder, kafka.open("log" + ++logs), Settings.with(), clock, clock::nanos);
    }
}
