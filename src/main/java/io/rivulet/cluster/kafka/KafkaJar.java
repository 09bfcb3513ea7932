package io.rivulet.cluster.kafka;

import io.rivulet.cluster.kafka.KafkaClient.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Map;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the clients of Kafka. With 10 MB they are larger than the WAR, so it has not got them: an application that
 * embeds the hub, or a container, may have them on its class path; else a setting names the jar.
 *
 * <p>The hard thing is that {@code KafkaLibrary} is a class of the hub and names types of that jar, which the hub's own
 * class loader does not see. So a loader above the jar defines it once more, with the errors that it reads, and has all
 * else of the hub from the hub's loader, the interface {@link KafkaClient} as well.
 *
 * <p>An application has one of these. On a busy machine it takes seconds until the classes of a client are loaded and
 * quick, and a start whose calls end before that tries again. So all clients have the same loader, one after the other,
 * and each try begins where the one before it has come to. It is let go when the application ends.
 */
public final class KafkaJar implements AutoCloseable {

    private static final String PACKAGE = "io.rivulet.cluster.kafka.";
    private static final String LIBRARY = PACKAGE + "KafkaLibrary";
    private static final Logger LOG = LoggerFactory.getLogger(KafkaJar.class);
    private static final String PROBE = "org.apache.kafka.clients.producer.KafkaProducer";
    /** Kept, since java.util.logging forgets the level of a logger that nobody holds. */
    private static final java.util.logging.Logger SAID = java.util.logging.Logger.getLogger("org.apache.kafka");
    private static final java.util.logging.Logger CONNECTING =
        java.util.logging.Logger.getLogger("org.apache.kafka.clients.NetworkClient");

    private final ClassLoader ours;
    private final Path jar;
    private final String setting;
    /** Null before the first client, and where the class path has those of Kafka. */
    private Above above;
    private int clients;
    private boolean closed;

    /**
     * Nothing is loaded yet.
     *
     * @param jar     the file; null for none
     * @param setting that names it, for who reads the message
     */
    public KafkaJar(Path jar, String setting) {
        this(KafkaJar.class.getClassLoader(), jar, setting);
    }

    /** The same with another loader of the hub's classes: for tests. */
    KafkaJar(ClassLoader ours, Path jar, String setting) {
        this.ours = ours;
        this.jar = jar;
        this.setting = setting;
    }

    /**
     * A client of these brokers, which has not connected yet.
     *
     * @param properties of Kafka's clients
     * @param answerMs   the limit of each call
     * @throws Refused when the clients are not found, or do not take the properties
     */
    public synchronized KafkaClient open(String brokers, Map<String, String> properties, int answerMs)
        throws Refused {
        if (closed) {
            throw new Refused("the hub ends", null);
        }
        ClassLoader loader = loader();
        try {
            Class.forName(PROBE, false, loader);
            Constructor<?> made = Class.forName(LIBRARY, true, loader).getDeclaredConstructor(String.class, Map.class,
                int.class, Runnable.class);
            made.setAccessible(true);
            KafkaClient client = (KafkaClient) made.newInstance(brokers, properties, answerMs, (Runnable) this::ended);
            clients++;
            return client;
        } catch (ReflectiveOperationException | LinkageError e) {
            if (clients == 0) {
                let(); // another file may be there the next time
            }
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            throw cause instanceof Refused refused ? refused : new Refused("the clients of Kafka in " + jar
                + " do not load; " + setting + " must name the file kafka-clients-….jar, of 4.1 or later: " + cause,
                cause);
        }
    }

    private ClassLoader loader() throws Refused {
        if (above != null) {
            return above;
        }
        try {
            Class.forName(PROBE, false, ours);
            return ours;
        } catch (ClassNotFoundException e) {
            above = new Above(url(jar, setting), ours);
            quieten();
            return above;
        }
    }

    /** A client has ended. */
    private synchronized void ended() {
        clients--;
        if (closed && clients == 0) {
            let();
        }
    }

    /** There are no clients from here on. What they have loaded goes with the last that is still there. */
    @Override
    public synchronized void close() {
        closed = true;
        if (clients == 0) {
            let();
        }
    }

    private void let() {
        Above old = above;
        above = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                LOG.debug("the jar of Kafka's clients did not close", e);
            }
        }
    }

    /**
     * The clients tell all their properties whenever one is made, and each attempt to connect, in hundreds of lines.
     * The hub itself tells what matters of that. A level that somebody has set stays.
     */
    private static void quieten() {
        if (SAID.getLevel() == null) {
            SAID.setLevel(Level.WARNING);
        }
        if (CONNECTING.getLevel() == null) {
            CONNECTING.setLevel(Level.SEVERE);
        }
    }

    private static URL url(Path jar, String setting) throws Refused {
        if (jar == null || !Files.isRegularFile(jar)) {
            throw new Refused((jar == null ? "the clients of Kafka are not in the WAR" : "there is no file " + jar)
                + ": put kafka-clients-….jar (org.apache.kafka:kafka-clients, 4.1 or later, from Maven Central) on"
                + " this machine and name it by " + setting, null);
        }
        try {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new Refused(setting + " names no file", e);
        }
    }

    /** The jar, and the classes that need it. */
    private static final class Above extends URLClassLoader {

        Above(URL jar, ClassLoader ours) {
            super(new URL[] {jar}, ours);
        }

        /** All of the package but what the engine knows, too. */
        private static boolean isAbove(String name) {
            return name.startsWith(PACKAGE) && !name.startsWith(PACKAGE + "KafkaClient")
                && !name.startsWith(PACKAGE + "KafkaJar");
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!isAbove(name)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : define(name);
            }
        }

        /** The clients have registered for the whole JVM how they log in, and so this loader with its application. */
        @Override
        public void close() throws IOException {
            for (Provider each : Security.getProviders()) {
                if (each.getClass().getClassLoader() == this) {
                    Security.removeProvider(each.getName());
                }
            }
            super.close();
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] b = in.readAllBytes();
                return defineClass(name, b, 0, b.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
