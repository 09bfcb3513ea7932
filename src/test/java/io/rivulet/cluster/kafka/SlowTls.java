package io.rivulet.cluster.kafka;

import io.rivulet.kit.Await;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.security.auth.SslEngineFactory;

/**
 * What Kafka's clients ask, on their own thread, for the TLS of a connection. It stands for a machine on which loading
 * classes takes long: it waits for a test, then loads a class of the jar and tells what came of it. {@link KafkaJar}
 * defines it above the jar, so it speaks with the test by properties of the JVM.
 */
public final class SlowTls implements SslEngineFactory {

    /** The property that lets it go on. */
    static final String GO = "test.slow-tls.go";
    /** The property in which it says where it is. */
    static final String SAID = "test.slow-tls.said";
    static final String INSIDE = "inside";
    static final String LOADED = "loaded";
    /** Nobody else has asked for it. */
    private static final String CLASS = "org.apache.kafka.common.security.kerberos.KerberosShortNamer";

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String identification) {
        System.setProperty(SAID, INSIDE);
        Await.until("the test lets it go on", () -> System.getProperty(GO) != null);
        try {
            Class.forName(CLASS, true, SlowTls.class.getClassLoader());
            System.setProperty(SAID, LOADED);
        } catch (ClassNotFoundException | LinkageError e) {
            System.setProperty(SAID, e.toString());
        }
        throw new IllegalStateException("there is no TLS");
    }

    @Override
    public void configure(Map<String, ?> config) {
        // nothing is needed
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> config) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public KeyStore keystore() {
        return null;
    }

    @Override
    public KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
