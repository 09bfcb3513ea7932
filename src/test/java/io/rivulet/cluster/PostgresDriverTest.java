package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

/** What is left of the driver that the WAR has. */
class PostgresDriverTest {

    /** The driver's own thread, where it had one, lived for half a minute. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    @Test
    void nothingHoldsTheClassesOfADriverThatWasClosed() throws Exception {
        WeakReference<ClassLoader> loader;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> letIn(server), "test-postgres");
            thread.start();
            loader = used("jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/db?sslmode=disable&user=a"
                + "&gssEncMode=disable&assumeMinServerVersion=12");
            thread.join(Await.LIMIT.toMillis());
            assertTrue(!thread.isAlive());
        }
        Await.until("its classes are collected", LIMIT, () -> {
            System.gc();
            return loader.get() == null;
        });
    }

    /** Connects, ends the connection as the hub does, and lets go of all. */
    private static WeakReference<ClassLoader> used(String url) throws Exception {
        try (InputStream jar = Driver.class.getProtectionDomain().getCodeSource().getLocation().openStream();
                PostgresDriver driver = PostgresDriver.of(jar)) {
            Connection connection = driver.connect(url, new Properties());
            ClassLoader loader = connection.getClass().getClassLoader();
            assertNotSame(Driver.class.getClassLoader(), loader);
            connection.abort(Runnable::run);
            return new WeakReference<>(loader);
        }
    }

    /** A server that lets in one client, and reads until that goes. */
    private static void letIn(ServerSocket server) {
        try (Socket socket = server.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[in.readInt() - Integer.BYTES]);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            message(out, 'R', new byte[Integer.BYTES]);
            for (String parameter : new String[] {"server_version=15.0", "client_encoding=UTF8", "DateStyle=ISO, MDY",
                "integer_datetimes=on", "standard_conforming_strings=on", "TimeZone=UTC"}) {
                message(out, 'S', (parameter.replace('=', '\0') + '\0').getBytes(StandardCharsets.US_ASCII));
            }
            message(out, 'K', new byte[2 * Integer.BYTES]);
            message(out, 'Z', new byte[] {'I'});
            out.flush();
            in.transferTo(DataOutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void message(DataOutputStream out, char kind, byte[] body) throws IOException {
        out.writeByte(kind);
        out.writeInt(body.length + Integer.BYTES);
        out.write(body);
    }
}
