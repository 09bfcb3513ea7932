package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the URL of a Kafka may say. */
class KafkaAddressTest {

    @Test
    void brokersHaveAPortAndTheTopicAName() throws EngineRefused {
        KafkaAddress address = new KafkaAddress("kafka://one,two:9093,[::1]:9094/orders");
        assertEquals("one:9092,two:9093,[::1]:9094 orders orders-notes", address.brokers() + " " + address.topic() + " "
            + address.notes());
        assertEquals("rivulet 3 true", new KafkaAddress("kafka://one").topic() + " " + address.replicas() + " "
            + address.isDurable());
    }

    @Test
    void propertiesOfTheClientsAreHandedOnAndThoseOfTheHubAreNot(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("kafka.properties"),
            "security.protocol=SASL_SSL\nsasl.jaas.config=a \\\n  b;\nretries=7\n");
        KafkaAddress address = new KafkaAddress("kafka://one/log?retries=3&sasl.mechanism=SCRAM-SHA%2D512&durable=no"
            + "&replicas=2&properties=" + file);
        assertEquals(Map.of("retries", "3", "sasl.mechanism", "SCRAM-SHA-512", "security.protocol", "SASL_SSL",
            "sasl.jaas.config", "a b;"), address.properties());
        assertEquals("2 false", address.replicas() + " " + address.isDurable());
    }

    @Test
    void whatCannotBeMeantIsRefusedAndNothingOfItIsTold() {
        for (String url : new String[] {"redis://one", "kafka://", "kafka://one:0", "kafka://one:70000", "kafka://one,",
            "kafka://one?secret", "kafka://user:secret@one", "kafka://one?A=secret", "kafka://one?a=%secret",
            "kafka://one/a secret", "kafka://one?replicas=secret"}) {
            EngineRefused told = assertThrows(EngineRefused.class, () -> new KafkaAddress(url), url);
            assertFalse(told.getMessage().contains("secret"), told.getMessage());
        }
        assertTrue(assertThrows(EngineRefused.class, () -> new KafkaAddress("kafka://one?properties=/no/such/file"))
            .getMessage().contains("/no/such/file"));
    }
}
