package io.rivulet.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A key of localhost's own that keytool makes once for a JVM, and clients that trust it and nothing else. */
public final class Tls {

    static final String PASSWORD = "not-secret";

    private static Tls made;

    private final Path keyStore;
    private final SSLContext trusting;

    private Tls() throws IOException, GeneralSecurityException {
        Path folder = Files.createTempDirectory("rivulet-tls-");
        keyStore = folder.resolve("localhost.p12");
        folder.toFile().deleteOnExit();
        keyStore.toFile().deleteOnExit(); // files are deleted in reverse order
        keytool("-genkeypair", "-alias", "localhost", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2",
            "-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12",
            "-storepass", PASSWORD, "-keystore", keyStore.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("localhost", keys.getCertificate("localhost"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    /** Writes the certificate and the key as the text that servers read. */
    public static void writePem(Path certificate, Path key) throws IOException {
        try (InputStream in = Files.newInputStream(get().keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("localhost").getEncoded()));
            Files.writeString(key, pem("PRIVATE KEY", keys.getKey("localhost", PASSWORD.toCharArray()).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
            + "\n-----END " + what + "-----\n";
    }

    private static synchronized Tls get() {
        if (made == null) {
            try {
                made = new Tls();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return made;
    }

    /** The key store for servers, PKCS 12. */
    static Path keyStore() {
        return get().keyStore;
    }

    /** What trusts it. */
    public static SSLContext trusting() {
        return get().trusting;
    }

    /** Speaks TLS over a socket that is connected, and checks whom with; the server must agree to the protocol. */
    static Socket over(Socket plain, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket(plain, "localhost", plain.getPort(),
            true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        String agreed = socket.getApplicationProtocol();
        if (!agreed.equals(protocol) && !(agreed.isEmpty() && protocol.equals("http/1.1"))) {
            socket.close();
            throw new IOException("asked for " + protocol + ", the server speaks \"" + agreed + "\"");
        }
        return socket;
    }

    private static void keytool(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroy();
        }
    }
}
