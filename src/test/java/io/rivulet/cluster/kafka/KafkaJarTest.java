package io.rivulet.cluster.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.kafka.KafkaClient.Refused;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.KafkaProducer;
import io.rivulet.kit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the clients of Kafka are found, and what is left of them. */
class KafkaJarTest {

    private static final String SETTING = "rivulet.engine.jar";

    /** The hub's classes without those of Kafka, as the WAR has them. */
    private static final class WithoutKafka extends ClassLoader {

        WithoutKafka() {
            super(KafkaJarTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.apache.kafka.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    private static Path jar() throws Exception {
        return Path.of(KafkaProducer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static KafkaClient open(Path jar, int port) throws Refused {
        return KafkaJar.open(new WithoutKafka(), jar, SETTING, "127.0.0.1:" + port, Map.of(), 500);
    }

    @Test
    void aMissingJarIsToldWithWhatToDo(@TempDir Path folder) throws Exception {
        String none = assertThrows(Refused.class, () -> open(null, 1)).getMessage();
        assertTrue(none.contains("kafka-clients-….jar") && none.contains(SETTING), none);
        String wrong = assertThrows(Refused.class, () -> open(folder.resolve("no.jar"), 1)).getMessage();
        assertTrue(wrong.contains("there is no file " + folder.resolve("no.jar")), wrong);
        Path empty = Files.write(folder.resolve("empty.jar"), new byte[0]);
        String other = assertThrows(Refused.class, () -> open(empty, 1)).getMessage();
        assertTrue(other.contains("do not load") && other.contains(SETTING), other);
    }

    @Test
    void theClientsOfTheJarAreUsedAndLeaveNothing() throws Exception {
        Set<ObjectName> before = beans();
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        KafkaClient client = open(jar(), port);
        assertNotSame(KafkaLibrary.class, client.getClass());
        assertThrows(IOException.class, () -> client.topic("log"));
        KafkaClient.Reader reader = client.reader("log");
        assertThrows(IOException.class, () -> reader.end(300));
        assertThrows(IOException.class, () -> client.writer(true).send("log", new byte[1]));
        client.watch(List.of("log"));
        WeakReference<ClassLoader> loader = new WeakReference<>(client.getClass().getClassLoader());
        client.close();
        Await.until("its threads end", () -> threads().isEmpty());
        assertEquals(before, beans());
        assertThrows(IOException.class, () -> reader.end(300));
        assertTrue(loader.get() instanceof AutoCloseable);
    }

    /** Two applications in one JVM: how to log in is registered there, for all, by the first one. */
    @Test
    void howToLogInGoesWithTheApplicationThatHasRegisteredItAndTheNextOneDoesItAnew() throws Exception {
        List<Provider> before = List.of(Security.getProviders());
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-512")) {
            KafkaClient first = loggingIn(mechanism);
            KafkaClient second = loggingIn(mechanism);
            assertEquals(Set.of(first.getClass().getClassLoader()), registered(before));
            first.close();
            assertEquals(Set.of(), registered(before));
            second.watch(List.of("log")).close();
            assertEquals(mechanism.equals("PLAIN") ? Set.of() : Set.of(second.getClass().getClassLoader()),
                registered(before), "the JDK knows the other one itself");
            second.close();
            assertEquals(before, List.of(Security.getProviders()));
        }
    }

    private static KafkaClient loggingIn(String mechanism) throws Exception {
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        KafkaClient client = KafkaJar.open(new WithoutKafka(), jar(), SETTING, "127.0.0.1:1", Map.of("sasl.mechanism",
            mechanism, "security.protocol", "SASL_PLAINTEXT", "sasl.jaas.config", "org.apache.kafka.common.security."
                + module + " required username=\"a\" password=\"b\";"), 500);
        client.watch(List.of("log")).close();
        return client;
    }

    private static Set<ClassLoader> registered(List<Provider> before) {
        return Stream.of(Security.getProviders()).filter(each -> !before.contains(each))
            .map(each -> each.getClass().getClassLoader()).collect(Collectors.toSet());
    }

    private static Set<ObjectName> beans() throws Exception {
        return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("kafka.*:*"), null);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.contains("kafka-"))
            .collect(Collectors.toSet());
    }
}
