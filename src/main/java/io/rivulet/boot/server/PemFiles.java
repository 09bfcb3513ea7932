package io.rivulet.boot.server;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and the private key of TLS, as the PEM files (RFC 7468) that tools such as certbot write and renew.
 * {@link OwnServer} reads them at the start, and looks for changes on a thread of Jetty's scheduler.
 *
 * <p>The hard thing is that two files change one after the other. So a pair that does not fit is no fault while the
 * server runs: the old pair stays until a pair fits.
 */
final class PemFiles {

    /** Jetty wants one; the store is in memory alone. */
    static final String PASSWORD = "in memory";

    private static final Logger LOG = LoggerFactory.getLogger(PemFiles.class);
    private static final Pattern KEY =
        Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "fits".getBytes(StandardCharsets.US_ASCII);

    private final Path certificate;
    private final Path key;
    private Texts known;

    private PemFiles(Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * The files that are set, or null when none are.
     *
     * @throws BadSetting when only one of the two is
     */
    static PemFiles of(Settings settings) {
        String certificate = settings.get(SettingsTable.TLS_CERTIFICATE).orElse(null);
        String key = settings.get(SettingsTable.TLS_KEY).orElse(null);
        if ((certificate == null) != (key == null)) {
            throw new BadSetting(SettingsTable.TLS_CERTIFICATE.fullKey() + " and " + SettingsTable.TLS_KEY.fullKey()
                + " belong together; only one is set");
        }
        return certificate == null ? null : new PemFiles(Path.of(certificate), Path.of(key));
    }

    /**
     * Reads both.
     *
     * @throws BadSetting when they cannot be read or do not fit; the message names the file and what helps
     */
    KeyStore read() {
        try {
            Texts texts = texts();
            KeyStore store = store(texts);
            known = texts;
            return store;
        } catch (IOException e) {
            throw new BadSetting("the files of TLS cannot be read: " + e);
        } catch (GeneralSecurityException e) {
            throw new BadSetting("the files of TLS cannot be used: " + e.getMessage());
        }
    }

    /** Gives Jetty the new pair, where there is one that fits; never throws. */
    void reloadIfChanged(SslContextFactory.Server ssl) {
        try {
            Texts texts = texts();
            if (texts.equals(known)) {
                return;
            }
            KeyStore store = store(texts);
            ssl.reload(factory -> factory.setKeyStore(store));
            known = texts;
            LOG.info("TLS has the certificate that is in {} now", certificate);
        } catch (Exception e) {
            LOG.warn("TLS keeps its old certificate: {}", e.toString());
        }
    }

    /** What the two files hold. */
    private record Texts(String certificate, String key) {
    }

    private Texts texts() throws IOException {
        return new Texts(Files.readString(certificate, StandardCharsets.ISO_8859_1),
            Files.readString(key, StandardCharsets.ISO_8859_1));
    }

    private KeyStore store(Texts texts) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> chain;
        try {
            chain = CertificateFactory.getInstance("X.509").generateCertificates(
                new ByteArrayInputStream(texts.certificate().getBytes(StandardCharsets.ISO_8859_1)));
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(certificate + " has no certificates in PEM: " + e.getMessage(), e);
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException(certificate + " has no certificate in PEM");
        }
        PublicKey owner = chain.iterator().next().getPublicKey();
        PrivateKey secret = secret(texts.key(), owner.getAlgorithm());
        if (!fits(secret, owner)) {
            throw new GeneralSecurityException("the key of " + key + " is not the one of the first certificate of "
                + certificate);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", secret, PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
        return store;
    }

    private PrivateKey secret(String text, String algorithm) throws GeneralSecurityException {
        Matcher found = KEY.matcher(text);
        if (!found.find()) {
            throw new GeneralSecurityException(key + " has no \"BEGIN PRIVATE KEY\"; to write it so: "
                + "openssl pkcs8 -topk8 -nodes -in " + key.getFileName() + " -out key.pem");
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new GeneralSecurityException("the key of " + key + " is none of " + algorithm
                + ", as that of the certificate is", e);
        }
    }

    private static boolean fits(PrivateKey secret, PublicKey owner) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(switch (owner.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> owner.getAlgorithm(); // Ed25519 and its kind
        });
        signature.initSign(secret);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(owner);
        signature.update(PROBE);
        return signature.verify(signed);
    }
}
