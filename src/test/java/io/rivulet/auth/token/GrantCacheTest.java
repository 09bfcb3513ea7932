package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.token.TokenVerifier.GrantCache;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.auth.Jwt;
import io.rivulet.kit.Heap;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was verified a moment ago: how long it holds, and that it is bounded. */
class GrantCacheTest {

    private static final long MINUTE = 60_000;

    private final GrantCache cache = new GrantCache();

    private static Grant until(long expiresMs) {
        return new Grant("i", "s", "t", GrantedTopics.NONE, GrantedTopics.NONE, List.of(), false, expiresMs, false);
    }

    @Test
    void aGrantHoldsForAMinuteAndNeverLongerThanItsToken() {
        Grant lasting = until(Grant.NEVER);
        Grant brief = until(1_000);
        cache.put("a", lasting, 0, 1);
        cache.put("b", brief, 0, 1);
        assertSame(lasting, cache.get("a", MINUTE - 1, 1));
        assertNull(cache.get("a", MINUTE, 1));
        assertSame(brief, cache.get("b", 999, 1));
        assertNull(cache.get("b", 1_000, 1));
        assertNull(cache.get("c", 0, 1));
    }

    @Test
    void whenKeysChangeNothingHolds() {
        cache.put("a", until(Grant.NEVER), 0, 1);
        assertNull(cache.get("a", 0, 2));
    }

    @Test
    void itForgetsTheOldestWhenGrantsAreManyAndLarge() {
        for (int i = 0; i < 1_000; i++) {
            Grant grant = ofTopic("t" + i + "x".repeat(16_384));
            cache.put("t" + i, grant, 0, 1);
            assertSame(grant, cache.get("t" + i, 0, 1));
        }
        assertTrue(cache.size() < 600, () -> "kept " + cache.size());
        assertNull(cache.get("t0", 0, 1));
    }

    /** Thirty characters of a token may be 15 KB of a compiled pattern. */
    @Test
    void whatItKeepsIsBoundedHoweverLargeTheCompiledPatternsOfShortTokensAre() {
        long kept = Heap.of(() -> {
            GrantCache full = new GrantCache();
            TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
            for (int i = 0; i < 100; i++) {
                String user = "user" + i;
                List<TopicMatcher> matchers = IntStream.range(0, 20)
                    .mapToObj(n -> space.selector(user + "/" + n + "/{a:1000}")).toList();
                full.put(user, granting(GrantedTopics.of(matchers)), 0, 1);
            }
            return full;
        });
        assertTrue(kept < 12 << 20, () -> "kept " + kept);
    }

    private static Grant ofTopic(String topic) {
        return granting(GrantedTopics.of(List.of(new TopicMatcher.Exact(topic))));
    }

    private static Grant granting(GrantedTopics topics) {
        return new Grant("i", "s", "t", GrantedTopics.NONE, topics, List.of(), false, Grant.NEVER, false);
    }

    @Test
    void aStormOfReconnectsIsServedFromIt() {
        for (int i = 0; i < 5_000; i++) {
            cache.put("t" + i, until(Grant.NEVER), 0, 1);
        }
        for (int i = 0; i < 5_000; i++) {
            assertEquals("s", cache.get("t" + i, 0, 1).subject());
        }
    }

    @Test
    void aTokenThatIsShownAgainIsNotVerifiedAgainAndARefusalIsNeverKept() {
        Tokens hub = Tokens.with();
        String token = Jwt.granting("a").sign();
        assertSame(hub.accept(token), hub.accept(token));
        String early = Jwt.granting("a").claimJson("nbf", "" + (Jwt.NOW + 20)).sign();
        hub.refuse("not valid before", early);
        hub.at(Jwt.NOW + 10).accept(early);
    }
}
