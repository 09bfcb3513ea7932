package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Use;
import io.rivulet.config.Settings;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSpace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A verifier with settings, whose clock stands at {@link Jwt#NOW} until it is moved. For one thread. */
public final class Tokens implements AutoCloseable {

    final TokenVerifier verifier;
    private long nowMs = Jwt.NOW * 1_000;

    private Tokens(List<String> settings) {
        verifier = TokenVerifier.of(Settings.with(settings.toArray(String[]::new)), TopicSpace.of(Jwt.HUB),
            () -> Instant.ofEpochMilli(nowMs));
    }

    /** One issuer with the secret, and these settings. */
    public static Tokens with(String... settings) {
        List<String> all = new ArrayList<>(List.of("resource", Jwt.HUB, "token.issuer", Jwt.ISSUER,
            "token.key", Jwt.SECRET));
        all.addAll(Arrays.asList(settings));
        return new Tokens(all);
    }

    /** Only these settings beside the hub's URL. */
    public static Tokens only(String... settings) {
        List<String> all = new ArrayList<>(List.of("resource", Jwt.HUB));
        all.addAll(Arrays.asList(settings));
        return new Tokens(all);
    }

    public Tokens at(long second) {
        nowMs = second * 1_000;
        return this;
    }

    public Grant accept(Jwt token) {
        return accept(token.sign());
    }

    public Grant accept(String token) {
        return verifier.verify(token, Use.SUBSCRIBE);
    }

    /** Refused as every bad token is: one sentence for the bearer, this reason for the log, and never the token. */
    public void refuse(String reason, String token) {
        refuse(reason, token, Use.SUBSCRIBE);
    }

    void refuse(String reason, String token, Use use) {
        Refused refused = assertThrows(Refused.class, () -> verifier.verify(token, use), reason);
        assertEquals(Refused.Reason.BAD_TOKEN, refused.reason(), refused.forTheLog());
        assertEquals(TokenVerifier.PUBLIC_SENTENCE, refused.getMessage());
        assertTrue(refused.forTheLog().contains(reason), refused.forTheLog());
        assertTrue(!refused.forTheLog().contains(token) && !refused.forTheLog().contains(Jwt.SECRET),
            refused.forTheLog());
    }

    public void refuse(String reason, Jwt token) {
        refuse(reason, token.sign());
    }

    @Override
    public void close() {
        verifier.close();
    }
}
