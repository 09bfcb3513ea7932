package io.rivulet.cluster.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.kafka.KafkaClient.Refused;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    private static KafkaJar of(Path jar) {
        return new KafkaJar(new WithoutKafka(), jar, SETTING);
    }

    /** A client whose classes go with it. */
    private static KafkaClient open(Path jar, int port) throws Refused {
        try (KafkaJar own = of(jar)) {
            return own.open("127.0.0.1:" + port, Map.of(), 500);
        }
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
        assertEquals(Set.of(), threads());
        assertEquals(before, beans());
        assertThrows(IOException.class, () -> reader.end(300));
        assertTrue(isClosed(loader.get()));
    }

    /** On a busy machine the first try may end before its classes are loaded; the next one goes on from there. */
    @Test
    void triesOfOneApplicationLoadTheClientsOnceAndItsEndLetsThemGo() throws Exception {
        KafkaJar jar = of(jar());
        ClassLoader loader;
        try (KafkaClient first = jar.open("127.0.0.1:1", Map.of(), 500)) {
            loader = first.getClass().getClassLoader();
            assertThrows(IOException.class, () -> first.topic("log"));
        }
        KafkaClient second = jar.open("127.0.0.1:1", Map.of(), 500);
        assertSame(loader, second.getClass().getClassLoader());
        jar.close();
        assertFalse(isClosed(loader), "a client is there");
        second.close();
        second.close();
        assertTrue(isClosed(loader));
        assertEquals("the hub ends", assertThrows(Refused.class, () -> jar.open("127.0.0.1:1", Map.of(), 500))
            .getMessage());
    }

    @Test
    void aJarThatDoesNotLoadIsLookedAtAnew(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("clients.jar"), new byte[0]);
        KafkaJar jar = of(file);
        assertThrows(Refused.class, () -> jar.open("127.0.0.1:1", Map.of(), 500));
        Files.copy(jar(), file, StandardCopyOption.REPLACE_EXISTING);
        jar.open("127.0.0.1:1", Map.of(), 500).close();
        jar.close();
    }

    /** That of the admin client, which has half a second to end, is busy for longer and loads a class then. */
    @Test
    void theClassesAreThereUntilTheThreadsHaveEnded() throws Exception {
        KafkaClient client = slow(2_000);
        Thread closing = new Thread(client::close, "test-closing");
        closing.start();
        Await.until("the client waits, or has ended", () -> !closing.isAlive() || Stream.of(closing.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(KafkaThreads.class.getName())));
        System.setProperty(SlowTls.GO, "");
        closing.join(Await.LIMIT.toMillis());
        assertEquals(Set.of(), threads());
        assertEquals(SlowTls.LOADED, System.getProperty(SlowTls.SAID));
        assertTrue(isClosed(client.getClass().getClassLoader()));
    }

    @Test
    void aThreadThatDoesNotEndIsWaitedForNoLongerThanForAnAnswer() throws Exception {
        KafkaClient client = slow(300);
        client.close();
        assertEquals(1, threads().size());
        assertTrue(isClosed(client.getClass().getClassLoader()));
        System.setProperty(SlowTls.GO, "");
        Await.until("it ends", () -> threads().isEmpty());
    }

    /** A client whose thread is inside {@link SlowTls} until that may go on. */
    private static KafkaClient slow(int answerMs) throws Exception {
        System.clearProperty(SlowTls.GO);
        System.clearProperty(SlowTls.SAID);
        try (KafkaJar jar = of(jar())) {
            KafkaClient client = jar.open("127.0.0.1:1", Map.of("security.protocol", "SSL", "ssl.engine.factory.class",
                SlowTls.class.getName()), answerMs);
            assertThrows(IOException.class, () -> client.topic("log"));
            Await.until("its thread is inside", () -> SlowTls.INSIDE.equals(System.getProperty(SlowTls.SAID)));
            return client;
        }
    }

    /** It finds nothing any more. */
    private static boolean isClosed(ClassLoader loader) {
        return ((URLClassLoader) loader).findResource("org/apache/kafka/clients/admin/Admin.class") == null;
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
        try (KafkaJar own = of(jar())) {
            KafkaClient client = own.open("127.0.0.1:1", Map.of("sasl.mechanism", mechanism, "security.protocol",
                "SASL_PLAINTEXT", "sasl.jaas.config", "org.apache.kafka.common.security." + module
                    + " required username=\"a\" password=\"b\";"), 500);
            client.watch(List.of("log")).close();
            return client;
        }
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
