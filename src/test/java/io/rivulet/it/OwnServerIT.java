package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar rivulet.war}: what a person meets who has a JDK, the WAR and nothing else. */
@Tag("once")
class OwnServerIT {

    private static final long MOST_BYTES = 15L << 20;
    private static final int STREAMS = 20;
    /** So long a publisher tries again; the test itself ends sooner. */
    private static final Duration RESTART_MAX = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private OwnWar run(String... words) throws IOException {
        return new OwnWar(folder, Map.of(), words);
    }

    @Test
    void withNothingSetItServesThisMachineAndKeepsWhatItWasTold() throws Exception {
        String first;
        try (OwnWar war = run("--port=0").awaitOpen()) {
            assertTrue(war.said().contains("dev mode"), war.said());
            assertTrue(ask(war.port(), "/").text().contains("<title>Rivulet"), "the home page");
            assertEquals(200, ask(war.port(), "/home/app.js").status());
            try (EventStream stream = EventStream.to(war.port()).topic("news").open();
                 Publisher publisher = Publisher.to(war.port())) {
                stream.awaitHello();
                first = publisher.publish("news", "hello");
                assertEquals(first, stream.awaitEvent().id());
                war.terminate();
                assertTrue(stream.awaitEnd(), "the stream has its last chunk");
                assertTrue(stream.retryMs() > 0, "and a time to come back");
                assertEquals(143, war.awaitGone(), "as a JVM ends that was told to; it said " + war.said());
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of("rivulet-data"), left.map(file -> file.getFileName().toString())
                .filter(name -> !name.startsWith("hsperf")).toList(), "no unpacked library stays");
        }
        Path loaded = folder.resolve("classes.log");
        Map<String, String> noting = Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load=info:file=" + loaded);
        try (OwnWar war = new OwnWar(folder, noting, "--port=0").awaitOpen();
             Publisher publisher = Publisher.to(war.port())) {
            publisher.publish("news", "again");
            try (EventStream stream = EventStream.to(war.port()).topic("news").after(first).open()) {
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                stream.awaitData("again");
            }
            String classes = Files.readString(loaded);
            assertTrue(classes.contains("io.rivulet.log.segment.SegmentLog"), "the classes that were loaded are noted");
            assertFalse(classes.contains("io.rivulet.cluster") || classes.contains("postgresql"),
                "what a cluster needs costs a hub with a log of its own nothing");
        }
    }

    /** What a page must not notice but for "reconnecting". Publishers go on, and publish again what was refused. */
    @Test
    void aRestartUnderLoadCostsNoStreamAnEventAndNoPublisherAnAnswerThatItCannotTrust() throws Exception {
        int port;
        Load load;
        List<EventStream> streams = new ArrayList<>();
        try {
            try (OwnWar war = run("--port=0", "--retry.closing=500ms").awaitOpen()) {
                port = war.port();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(EventStream.to(port).topic("load").reconnecting(Await.LIMIT).open());
                }
                streams.forEach(EventStream::awaitHello);
                load = new Load(port);
                load.start();
                streams.forEach(EventStream::awaitEvent);
                war.terminate();
                assertEquals(143, war.awaitGone(), war.said());
                for (EventStream stream : streams) {
                    assertTrue(stream.awaitEnd(), "each has its last chunk");
                }
            }
            try (OwnWar war = run("--port=" + port).awaitOpen()) {
                Await.until("all are back", () -> streams.stream().allMatch(s -> s.hubEvents("hello").size() >= 2));
                assertEquals(port, war.port());
                List<String> published = load.end();
                for (EventStream stream : streams) {
                    Await.until("the last event", () -> stream.events().size() >= published.size());
                    assertEquals(published, stream.events().stream().map(StreamParser.Dispatched::data).toList());
                    assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                }
            }
        } finally {
            streams.forEach(EventStream::close);
        }
    }

    /** One publisher that publishes again what was not acknowledged, under the same key. */
    private static final class Load extends Thread {
        private final int port;
        private final List<String> published = new ArrayList<>();
        private volatile boolean ended;

        Load(int port) {
            super("test-load");
            setDaemon(true);
            this.port = port;
        }

        @Override
        public void run() {
            try (Publisher publisher = Publisher.to(port)) {
                for (int i = 0; !ended; i++) {
                    String data = Integer.toString(i);
                    Await.until("event " + i + " is published", RESTART_MAX, () -> isTaken(publisher, data));
                    published.add(data);
                }
            }
        }

        private static boolean isTaken(Publisher publisher, String data) {
            try {
                return publisher.post("?topic=load", Map.of("Idempotency-Key", data),
                    data.getBytes(StandardCharsets.UTF_8)).status() == 200;
            } catch (IOException e) {
                return false; // nobody listens for a moment, or it is not known
            }
        }

        /** All that it has published. */
        List<String> end() throws InterruptedException {
            ended = true;
            join(Await.LIMIT.toMillis());
            assertTrue(!isAlive());
            return published;
        }
    }

    @Test
    void atASignalItServesOnUntilAStreamHasGotWhatWaitsForIt() throws Exception {
        try (OwnWar war = run("--port=0", "--drain=5m").awaitOpen();
             EventStream slow = EventStream.to(war.port()).topic("t/{n}").query("rate", "1").open();
             Publisher publisher = Publisher.to(war.port())) {
            slow.awaitHello();
            for (int i = 0; i < 60; i++) { // an event a second: a minute
                publisher.publish("t/" + i, "x");
            }
            war.terminate();
            Await.until("others are told not to come", () -> ask(war.port(), "/health/ready").status() == 503);
            publisher.publish("other", "x");
            JsonObject drain = ask(war.port(), "/api/drain").json();
            assertEquals("draining 1 1", drain.get("state").getAsString() + " " + drain.get("streams") + " "
                + drain.get("atBegin"));
            assertTrue(!slow.isEnded());
            slow.cut();
            assertEquals(143, war.awaitGone(), "nobody is waited for any more; it said " + war.said());
        }
    }

    @Test
    void noClassAndNoLibraryIsAFileForAnybody() throws Exception {
        try (OwnWar war = run("--port=0").awaitOpen()) {
            for (String path : List.of("/WEB-INF/home.html", "/WEB-INF/web.xml", "/META-INF/MANIFEST.MF",
                "/META-INF/server/", "/META-INF/server/jakarta.servlet-api-6.0.0.jar",
                "/io/rivulet/boot/Launcher.class", "/home/../WEB-INF/web.xml", "/home/..%2fWEB-INF/web.xml",
                "/home/%2e%2e/WEB-INF/web.xml", "/home/", "/nothing")) {
                int status = ask(war.port(), path).status();
                assertTrue(status == 404 || status == 403 || status == 400, path + " is " + status);
            }
            WireResponse nothing = ask(war.port(), "/nothing");
            assertEquals("application/problem+json", nothing.header("Content-Type"));
            assertEquals(null, nothing.header("Server"));
        }
    }

    /** Jetty warns of each request with two hosts; the log of the hub's own server takes 60 such lines a minute. */
    @Test
    void strangersCannotMakeJettyWriteLinesWithoutEnd() throws Exception {
        try (OwnWar war = run("--port=0").awaitOpen()) {
            for (int i = 0; i < 200; i++) {
                try (WireClient stranger = WireClient.to(war.port(), 0)) {
                    assertEquals(400, stranger.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").readHead()
                        .status());
                }
            }
            war.terminate();
            war.awaitGone();
            long lines = war.said().lines().filter(line -> line.contains("multiple `Host`")).count();
            assertTrue(lines > 0 && lines <= 120, () -> lines + " lines, where a minute may have ended in between: "
                + war.said());
        }
    }

    @Test
    void onAnAddressForOthersNobodyMayPublishUntilSomebodySaysSo() throws Exception {
        try (OwnWar war = run("--port=0", "--address=0.0.0.0").awaitOpen();
             Publisher publisher = Publisher.to(war.port())) {
            assertTrue(war.said().contains("publish:   off"), war.said());
            assertEquals(403, publisher.form("topic", "news", "data", "x").status());
        }
    }

    @Test
    void whereTokensAreSetUpItIsNotInDevMode() throws Exception {
        Files.writeString(folder.resolve("rivulet.properties"),
            "rivulet.token.issuer=https://localhost\nrivulet.token.key=!ChangeThisMercureHubJWTSecretKey!\n"
                + "rivulet.resource=https://localhost/.well-known/mercure\nrivulet.port=1\n");
        try (OwnWar war = run("--port=0").awaitOpen(); Publisher publisher = Publisher.to(war.port())) {
            assertTrue(!war.said().contains("dev mode"), war.said());
            assertEquals(401, publisher.form("topic", "news", "data", "x").status());
        }
    }

    @Test
    void aPortInUseIsOneSentenceThatSaysWhatToDo() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
             OwnWar war = run("--port=" + other.getLocalPort())) {
            assertEquals(1, war.awaitGone());
            assertEquals("Rivulet does not start: the port of 127.0.0.1:" + other.getLocalPort()
                + " is in use by another program; choose another one: --port=" + (other.getLocalPort() + 1),
                war.said());
        }
    }

    @Test
    void settingsAreCheckedWithoutAStart() throws Exception {
        try (OwnWar good = new OwnWar(folder, Map.of("RIVULET_HEARTBEAT", "5s", "RIVULET_PORT", "tcp://10.0.0.1:80"),
            "--check", "--port=8081")) {
            assertEquals(0, good.awaitGone(), good.said());
            assertTrue(good.said().contains("rivulet.port (command line)\n")
                && good.said().contains("rivulet.heartbeat (environment)\n"), good.said());
        }
        try (OwnWar bad = run("--check", "--prot=8081")) {
            assertEquals(2, bad.awaitGone());
            assertTrue(bad.said().startsWith("Rivulet does not start: rivulet.prot (command line) is no setting"),
                bad.said());
        }
        try (OwnWar bad = run("--port", "8081")) {
            assertEquals(2, bad.awaitGone());
            assertTrue(bad.said().contains("\"--port\" is no setting; one is written as --port=8081"), bad.said());
        }
        assertTrue(Files.notExists(folder.resolve("rivulet-data")), "nothing was started");
    }

    @Test
    void pemFilesMakeItSpeakTlsAndHttp2AndANewPairIsTakenWhileItRuns() throws Exception {
        Certificate old = pair("one");
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        Files.copy(folder.resolve("one.pem"), certificate);
        Files.copy(folder.resolve("one.key"), key);
        try (OwnWar war = run("--port=0", "--tls.certificate=" + certificate, "--tls.key=" + key)) {
            URI at = war.at();
            assertEquals("https", at.getScheme());
            HttpResponse<String> health = HttpClient.newBuilder().sslContext(anybody()).build().send(
                HttpRequest.newBuilder(at.resolve("health/live")).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, health.statusCode());
            assertEquals(HttpClient.Version.HTTP_2, health.version());
            assertEquals(old, served(at.getPort()));
            Certificate fresh = pair("two");
            assertNotEquals(old, fresh);
            // first the key alone, as a tool writes one after the other: the pair does not fit, and the old one stays
            Files.write(key, Files.readAllBytes(folder.resolve("two.key")));
            Await.until("a pair that does not fit is told of", () -> war.said().contains("keeps its old certificate"));
            assertEquals(old, served(at.getPort()));
            Files.write(certificate, Files.readAllBytes(folder.resolve("two.pem")));
            Await.until("the new certificate", () -> served(at.getPort()).equals(fresh));
        }
    }

    /** The client that everybody has; skipped where it is not, or speaks no HTTP/2. */
    @Test
    void curlSpeaksHttp2ToItWithTlsAndWithout() throws Exception {
        assumeTrue(curl("--version").contains("HTTP2"), "curl with HTTP/2");
        pair("one");
        try (OwnWar plain = run("--port=0").awaitOpen()) {
            assertEquals("200 1.1", ask("", plain.at()));
            assertEquals("200 2", ask("--http2", plain.at()));
        }
        try (OwnWar war = run("--port=0", "--tls.certificate=" + folder.resolve("one.pem"),
            "--tls.key=" + folder.resolve("one.key"))) {
            assertEquals("200 2", ask("--http2", war.at()));
            assertEquals("200 1.1", ask("--http1.1", war.at()));
        }
    }

    private static String ask(String option, URI at) throws IOException {
        return curl("-sk", option.isEmpty() ? "-s" : option, "-m", "20", "-o", "/dev/null", "-w",
            "%{http_code} %{http_version}", at.resolve("/health/live").toString());
    }

    private static String curl(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl"));
        command.addAll(List.of(words));
        try {
            Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "there is none: " + e.getMessage();
        }
    }

    /** Both versions are said by a proxy that is trusted, and by somebody else, who makes it up. */
    @Test
    void behindTheProxyProtocolAClientHasItsOwnAddressAndNobodyElseCanMakeOneUp() throws Exception {
        try (OwnWar war = run("--port=0", "--proxy.protocol=true", "--trusted.proxies=127.0.0.1")) {
            int port = war.port();
            byte[] second = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21, 0x11, 0, 12,
                (byte) 203, 0, 113, 9, 127, 0, 0, 1, 4, 0, 0, 80};
            byte[] first = "PROXY TCP4 203.0.113.7 127.0.0.1 1024 80\r\n".getBytes(StandardCharsets.US_ASCII);
            assertEquals("HTTP/1.1 200 OK", answer(port, "127.0.0.1", first));
            assertEquals("HTTP/1.1 200 OK", answer(port, "127.0.0.1", second));
            assertTrue(!answer(port, "127.0.0.1", new byte[0]).contains("200"), "a proxy that forgets to say it");
            assertTrue(answer(port, "127.0.0.2", first).startsWith("HTTP/1.1 400"), "somebody else's word");
            assertEquals("HTTP/1.1 200 OK", answer(port, "127.0.0.2", new byte[0]));
            Path log = folder.resolve("rivulet-data").resolve("access.log");
            Await.until("lines of three clients", () -> lines(log).containsAll(
                List.of("203.0.113.7", "203.0.113.9", "127.0.0.2")));
        }
    }

    /** The addresses of an access log. */
    private static List<String> lines(Path log) {
        try {
            return Files.readAllLines(log).stream().map(line -> line.split(" ")[0]).toList();
        } catch (IOException e) {
            return List.of(); // not there yet
        }
    }

    /** The first line of the answer to a request from this address that begins with these bytes; "" for none. */
    private static String answer(int port, String from, byte[] before) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port, InetAddress.getByName(from), 0)) {
            socket.setSoTimeout((int) Await.LIMIT.toMillis());
            socket.getOutputStream().write(before);
            socket.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                StandardCharsets.US_ASCII)).readLine();
            return line == null ? "" : line;
        } catch (SocketException e) {
            return ""; // it hung up
        }
    }

    /** Its libraries lie in the system's temporary folder, where nobody else clears up. */
    @Test
    void whatAKilledOneLeftIsClearedUpByTheNextAndWhatIsInUseStays() throws Exception {
        Path left;
        try (OwnWar killed = run("--port=0").awaitOpen()) {
            left = unpacked(List.of());
            assertTrue(killed.port() > 0);
        }
        assertTrue(Files.exists(left), "a kill leaves it");
        madeLongAgo(left);
        try (OwnWar running = run("--port=0", "--data.dir=" + folder.resolve("other")).awaitOpen()) {
            assertTrue(Files.notExists(left), "the next one has cleared up");
            Path used = unpacked(List.of(left));
            madeLongAgo(used);
            try (OwnWar third = run("--check")) {
                assertEquals(0, third.awaitGone());
            }
            assertTrue(Files.exists(used.resolve("lock")) && ask(running.port(), "/health/live").status() == 200);
        }
    }

    private Path unpacked(List<Path> others) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith("rivulet-command")
                && !others.contains(file)).findFirst().orElseThrow();
        }
    }

    private static void madeLongAgo(Path unpacked) throws IOException {
        Files.setLastModifiedTime(unpacked.resolve("lock"), FileTime.fromMillis(0));
    }

    @Test
    void filesOfTlsThatCannotBeUsedAreNamed() throws Exception {
        pair("one");
        pair("two");
        refused("belong together", "--tls.key=" + folder.resolve("one.key"));
        refused("is not the one of the first certificate", "--tls.certificate=" + folder.resolve("one.pem"),
            "--tls.key=" + folder.resolve("two.key"));
        refused("openssl pkcs8 -topk8", "--tls.certificate=" + folder.resolve("one.pem"),
            "--tls.key=" + folder.resolve("one.pem"));
        refused("cannot be read", "--tls.certificate=" + folder.resolve("none.pem"),
            "--tls.key=" + folder.resolve("one.key"));
    }

    @Test
    void theWarIsSmall() throws Exception {
        assertTrue(Files.size(Path.of(System.getProperty("war", "target/rivulet.war"))) <= MOST_BYTES);
    }

    private void refused(String why, String... words) throws IOException {
        try (OwnWar war = run(words)) {
            assertEquals(2, war.awaitGone());
            assertTrue(war.said().startsWith("Rivulet does not start: ") && war.said().contains(why), war.said());
        }
    }

    private static WireResponse ask(int port, String path) {
        try (WireClient client = WireClient.to(port, 0)) {
            WireResponse head = client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead();
            return new WireResponse(head.version(), head.status(), head.headers(),
                client.body(head).readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(path + " has no answer", e);
        }
    }

    /** Makes a key and its certificate, as PEM files. */
    private Certificate pair(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        String password = "not-secret";
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
            .toString()));
        command.addAll(List.of("-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
            "CN=localhost", "-storetype", "PKCS12", "-storepass", password, "-keystore", store.toString()));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(keytool.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) && keytool.exitValue() == 0, said);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password.toCharArray());
        }
        Files.writeString(folder.resolve(name + ".pem"), pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
        Files.writeString(folder.resolve(name + ".key"),
            pem("PRIVATE KEY", keys.getKey(name, password.toCharArray()).getEncoded()));
        return keys.getCertificate(name);
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
            + "\n-----END " + what + "-----\n";
    }

    private static Certificate served(int port) {
        try (SSLSocket socket = (SSLSocket) anybody().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new AssertionError("no handshake", e);
        }
    }

    /** The tests look at the certificate themselves. */
    private static SSLContext anybody() {
        try {
            SSLContext trusting = SSLContext.getInstance("TLS");
            trusting.init(null, new TrustManager[] {new Trusting()}, null);
            return trusting;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts everybody, by whatever name. */
    private static final class Trusting extends javax.net.ssl.X509ExtendedTrustManager implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
