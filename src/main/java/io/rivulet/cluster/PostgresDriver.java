package io.rivulet.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/**
 * The JDBC driver of PostgreSQL. An application that embeds the hub, or a container, may have it on its class path; the
 * WAR has it as a file among its classes, where no container looks for libraries, and only a hub with this engine reads
 * it. {@link PostgresEngine} makes one and closes it; any thread.
 *
 * <p>The hard thing is the redeployment. The driver registers itself for the whole JVM, so it is registered no more
 * when it is closed. And something must clean up behind connections that nobody has closed: for Java 8 that is a thread
 * of the common pool, which would hold this application for half a minute after the last connection; for Java 11 it is
 * a cleaner of the JDK, which goes with the driver's classes. The jar has both, so those for this JVM must be loaded.
 */
final class PostgresDriver implements AutoCloseable {

    private static final String DRIVER = "org.postgresql.Driver";
    private static final String CONNECTION = "org.postgresql.PGConnection";

    private final Driver driver;
    private final Class<?> connectionType;
    private final Method notifications;
    /** Whether it is this hub's own, and nobody else's. */
    private final boolean own;

    private PostgresDriver(ClassLoader loader, boolean own) throws ReflectiveOperationException {
        driver = (Driver) Class.forName(DRIVER, true, loader).getConstructor().newInstance();
        connectionType = Class.forName(CONNECTION, true, loader);
        notifications = connectionType.getMethod("getNotifications", int.class);
        this.own = own;
    }

    /**
     * The driver of the class path, else that of the WAR.
     *
     * @throws EngineRefused when there is neither
     */
    static PostgresDriver load() throws EngineRefused {
        try {
            ClassLoader ours = PostgresDriver.class.getClassLoader();
            try {
                Class.forName(DRIVER, false, ours);
                return new PostgresDriver(ours, false);
            } catch (ClassNotFoundException e) {
                try (InputStream jar = PostgresDriver.class.getResourceAsStream("postgresql-" + version() + ".jar")) {
                    if (jar == null) {
                        throw new EngineRefused("the JDBC driver of PostgreSQL (" + DRIVER
                            + ") is not on the class path", e);
                    }
                    return of(jar);
                }
            }
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            throw e instanceof EngineRefused refused ? refused
                : new EngineRefused("the JDBC driver of PostgreSQL does not load: " + e, e);
        }
    }

    /** The driver in this jar, whose classes nobody else has. */
    static PostgresDriver of(InputStream jar) throws IOException, ReflectiveOperationException {
        return new PostgresDriver(new JarClasses(jar), true);
    }

    /** The one that the build was made with. */
    private static String version() throws IOException {
        try (InputStream in = PostgresDriver.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Whether the URL is one of PostgreSQL's. */
    boolean accepts(String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Connects; the caller closes it. */
    Connection connect(String url, Properties properties) throws SQLException {
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new SQLException("the driver does not know such a URL");
        }
        return connection;
    }

    /** Waits at most so long for notices that the connection listens for. */
    void awaitNotice(Connection connection, int ms) throws SQLException {
        try {
            notifications.invoke(connection.unwrap(connectionType), ms);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new SQLException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException(e);
        }
    }

    @Override
    public void close() {
        if (own) {
            try {
                driver.getClass().getMethod("deregister").invoke(null);
            } catch (ReflectiveOperationException | RuntimeException e) {
                // it was not registered; nothing is left then
                return;
            }
        }
    }

    /** The classes of a jar, in memory: there is no file to be left behind. */
    private static final class JarClasses extends ClassLoader {

        /** Of the files that have no other one for a later version. */
        private static final int VERSION_BASE = 8;

        private final Map<String, byte[]> files = new HashMap<>();

        JarClasses(InputStream in) throws IOException {
            super(ClassLoader.getPlatformClassLoader());
            try (JarInputStream jar = new JarInputStream(in, false)) {
                for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
                    if (!entry.isDirectory()) {
                        files.put(entry.getName(), jar.readAllBytes());
                    }
                }
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] b = newest(name.replace('.', '/') + ".class");
            if (b == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, b, 0, b.length);
        }

        /** Of a file that the jar has for several versions of Java. */
        private byte[] newest(String file) {
            for (int version = Runtime.version().feature(); version > VERSION_BASE; version--) {
                byte[] b = files.get("META-INF/versions/" + version + '/' + file);
                if (b != null) {
                    return b;
                }
            }
            return files.get(file);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            byte[] b = newest(name);
            return b == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(b);
        }
    }
}
