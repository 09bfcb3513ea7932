package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.rivulet.auth.Jwks;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Key sets from the network (TOK-08): loaded aside, rotated, bounded, and asked for by nobody's token. */
class JwksSourceTest {

    private final AtomicInteger loads = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile String body;
    private volatile int status = 200;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private HttpServer server;
    private Tokens hub;

    @BeforeEach
    void start() throws IOException {
        body = Jwks.set(Jwks.of("one", Keys.pair("rsa").getPublic()));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/keys", exchange -> {
            loads.incrementAndGet();
            try {
                gate.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/keys");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        if (hub != null) {
            hub.close();
        }
        server.stop(0);
        threads.shutdownNow();
    }

    private void open() {
        hub = Tokens.only("token.issuer", Jwt.ISSUER, "token.jwks",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/keys", "token.jwks.age", "10m");
    }

    private static String token(String kid, String key) {
        PrivateKey pair = Keys.pair(key).getPrivate();
        return Jwt.granting("a").header("kid", kid).sign("RS256", pair);
    }

    private boolean isAccepted(String token) {
        try {
            hub.accept(token);
            return true;
        } catch (Refused e) {
            return false;
        }
    }

    private void refuseForNow(String part, String token) {
        Refused refused = assertThrows(Refused.class, () -> hub.accept(token));
        assertEquals(Refused.Reason.NOT_OPEN, refused.reason(), refused.forTheLog());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
        assertTrue(!refused.getMessage().contains("127.0.0.1") && refused.forTheLog().contains("127.0.0.1"));
    }

    @Test
    void untilTheFirstLoadTokensAreRefusedForNowAndNobodyWaits() {
        gate = new CountDownLatch(1);
        open();
        refuseForNow("are not loaded; try again soon", token("one", "rsa"));
        gate.countDown();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        assertEquals(1, loads.get());
    }

    /** OLD-09: who of several issuers signed it, only the keys tell; the keys of one need not wait for another's. */
    @Test
    void aTokenOf0xWithoutAnIssuerIsJudgedByTheKeysThatAreHere() {
        gate = new CountDownLatch(1);
        hub = Tokens.only("mercure.legacy", "true", "token.a.issuer", Jwt.ISSUER, "token.a.jwks",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/keys", "token.b.key", Jwt.SECRET);
        hub.accept(Jwt.v0("{}"));
        refuseForNow("the keys that tokens are checked with are not loaded",
            Jwt.v0("{}").sign("RS256", Keys.pair("rsa").getPrivate()));
    }

    @Test
    void thousandsOfTokensCostOneLoad() {
        open();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        for (int i = 0; i < 1_000; i++) {
            hub.accept(token("one", "rsa"));
            hub.refuse("signature is of none", token("unheard-of-" + i, "rsa other"));
        }
        assertEquals(1, loads.get());
    }

    @Test
    void aKeyThatIsNewIsLookedForOnceInAWhile() {
        open();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        body = Jwks.set(Jwks.of("two", Keys.pair("rsa other").getPublic()));
        hub.refuse("signature is of none", token("two", "rsa other"));
        hub.at(Jwt.NOW + 31);
        gate = new CountDownLatch(1);
        refuseForNow("is being looked for", token("two", "rsa other"));
        hub.accept(token("one", "rsa"));
        gate.countDown();
        Await.until("the new key is here", () -> isAccepted(token("two", "rsa other")));
        // the old key is gone, also for a token that was believed a moment ago
        hub.refuse("signature is of none", token("one", "rsa"));
        assertEquals(2, loads.get());
    }

    @Test
    void anOldSetIsLoadedAgainAndKeysThatWereTakenOutAreNotBelieved() {
        open();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        body = Jwks.set(Jwks.of("two", Keys.pair("rsa other").getPublic()));
        hub.at(Jwt.NOW + 601);
        isAccepted(token("one", "rsa"));
        Await.until("the new key is here", () -> isAccepted(token("two", "rsa other")));
        hub.refuse("signature is of none", token("one", "rsa"));
    }

    @Test
    void afterAQuietNightTheKeysAreLoadedBeforeATokenIsBelieved() {
        open();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        gate = new CountDownLatch(1);
        hub.at(Jwt.NOW + 1_300);
        refuseForNow("are not loaded", token("one", "rsa"));
        gate.countDown();
        Await.until("the keys are here again", () -> isAccepted(token("one", "rsa")));
    }

    @Test
    void whenLoadingFailsTheKeysGoOnForADay() {
        open();
        Await.until("the keys are here", () -> isAccepted(token("one", "rsa")));
        String lasting = Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW + 200_000)).header("kid", "one")
            .sign("RS256", Keys.pair("rsa").getPrivate());
        status = 500;
        hub.at(Jwt.NOW + 80_000);
        Await.until("the failure is known", () -> isAccepted(lasting));
        hub.at(Jwt.NOW + 86_401);
        refuseForNow("are not loaded", lasting);
    }

    @Test
    void whatIsNoKeySetIsNotUsed() {
        for (String bad : new String[] {"{}", "<html>", Jwks.set(), "x".repeat(JwkSets.BYTES_MAX + 1)}) {
            body = bad;
            int before = loads.get();
            open();
            hub.at(Jwt.NOW + 6);
            // a second load begins only when the first has ended
            Await.until("it was loaded", () -> !isAccepted(token("one", "rsa")) && loads.get() > before + 1);
            refuseForNow("are not loaded", token("one", "rsa"));
            hub.close();
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        status = 302;
        open();
        Await.until("it was loaded", () -> loads.get() > 0);
        refuseForNow("are not loaded", token("one", "rsa"));
        assertEquals(1, loads.get());
        status = 200;
        hub.at(Jwt.NOW + 6);
        Await.until("it is tried again", () -> isAccepted(token("one", "rsa")));
    }

    @Test
    void closingCutsALoadThatHangsAndLeavesNoThread() {
        gate = new CountDownLatch(1);
        open();
        Await.until("it is being loaded", () -> loads.get() > 0);
        hub.close();
        Await.until("the thread is gone", () -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().equals("rivulet-jwks")));
    }
}
