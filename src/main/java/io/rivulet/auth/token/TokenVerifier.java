package io.rivulet.auth.token;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Use;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.heap.HeapBytes;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.BoundedCache;
import io.rivulet.topic.TopicSpace;
import java.time.InstantSource;
import java.util.List;

/**
 * Turns a token into a grant, or refuses it: Mercure 1.0 access tokens (RFC 9068, RFC 9396) and, where the settings say
 * so, tokens of Mercure 0.x. The doors use it; one for each hub. Any thread, and no call waits for anything.
 *
 * <p>Whatever is wrong with a token, its bearer hears one sentence, and the precise reason is for the log: a bearer who
 * learned which rule failed could find out keys and audiences by trying.
 */
public final class TokenVerifier implements AutoCloseable {

    /** Shorter ones are no tokens (ERR-04). */
    static final int TOKEN_CHARS_MIN = 41;
    /** The one sentence. */
    static final String PUBLIC_SENTENCE =
        "the token is not accepted; the hub's log tells why, under this request id";

    private final List<Issuer> issuers;
    private final TokenRules rules;
    private final GrantCache cache = new GrantCache();
    private final InstantSource clock;
    private final long charsMax;

    private TokenVerifier(Settings settings, TopicSpace topics, List<Issuer> issuers, InstantSource clock) {
        this.issuers = issuers;
        this.rules = new TokenRules(settings, topics, issuers);
        this.clock = clock;
        this.charsMax = settings.get(SettingsTable.TOKEN_BYTES_MAX);
    }

    /**
     * As the settings say; loading key sets from the network begins, on a thread of its own.
     *
     * @throws io.rivulet.config.BadSetting when issuers or keys cannot be meant; never with a secret in its message
     */
    public static TokenVerifier of(Settings settings, TopicSpace topics, InstantSource clock) {
        return new TokenVerifier(settings, topics, IssuerSettings.read(settings, clock), clock);
    }

    /** Whether anybody's tokens are accepted at all. */
    public boolean isConfigured() {
        return !issuers.isEmpty();
    }

    /**
     * The rights of the bearer of this token.
     *
     * @param token as it was shown; it is not kept
     * @param use   what it is shown for
     * @throws Refused BAD_CREDENTIALS when it is too short or too long for a token, BAD_TOKEN when it is not to be
     *                 believed, NOT_OPEN while its issuer's keys are being loaded
     */
    public Grant verify(String token, Use use) {
        checkLength(token);
        return judge(token, use);
    }

    /**
     * The same for a token that the browser shows by itself. One that is too short is not accepted, as any other that
     * is bad: the page did not write it, and gets itself a fresh one at 401.
     *
     * @throws Refused as {@link #verify}, but never BAD_CREDENTIALS
     */
    public Grant verifyAmbient(String token, Use use) {
        if (token.length() < TOKEN_CHARS_MIN) {
            throw bad("it has " + token.length() + " characters; a token has at least " + TOKEN_CHARS_MIN);
        }
        return verify(token, use);
    }

    private static Refused bad(String why) {
        return Refused.discreetly(Reason.BAD_TOKEN, PUBLIC_SENTENCE, "the token is not accepted: " + why);
    }

    private Grant judge(String token, Use use) {
        long nowMs = clock.millis();
        long keys = generation();
        String digest = Digests.of(token) + use.ordinal();
        Grant known = cache.get(digest, nowMs, keys);
        if (known != null) {
            return known;
        }
        try {
            Grant grant = rules.judge(ParsedToken.parse(token), use, nowMs, Verdict.untilTheFirstFault());
            cache.put(digest, grant, nowMs, keys);
            return grant;
        } catch (BadToken e) {
            throw bad(e.getMessage());
        }
    }

    /** Where clients can get tokens (RFC 9728), each once, in the order of the settings. */
    public List<String> authorizationServers() {
        return issuers.stream().flatMap(i -> i.servers().stream()).distinct().toList();
    }

    TokenRules rules() {
        return rules;
    }

    List<Issuer> issuers() {
        return issuers;
    }

    void checkLength(String token) {
        if (token.length() < TOKEN_CHARS_MIN) {
            throw Refused.because(Reason.BAD_CREDENTIALS, "what is shown as a token has " + token.length()
                + " characters; a token has at least " + TOKEN_CHARS_MIN);
        }
        if (token.length() > charsMax) {
            throw bad("it has " + token.length() + " characters; at most " + charsMax + " ("
                + SettingsTable.TOKEN_BYTES_MAX.fullKey() + ")");
        }
    }

    /** A sum, since each only grows. */
    private long generation() {
        long sum = 0;
        for (Issuer issuer : issuers) {
            sum += issuer.keys().generation();
        }
        return sum;
    }

    @Override
    public void close() {
        issuers.forEach(issuer -> issuer.keys().close());
    }

    /**
     * Grants that were verified a moment ago, by the digest of their tokens: thousands that come back at once with
     * tokens they showed before cost no thousands of signatures. Bounded by the bytes of the grants: a short token may
     * hold patterns that are large once they are compiled. Any thread. A failure is never kept, since the next key set
     * may know the key.
     */
    static final class GrantCache {

        /** Bytes of the grants of one generation, of which there are two. */
        static final long WEIGHT_MAX = 4 << 20;
        /** A key that is taken out of the settings of an issuer is believed no longer than this. */
        private static final long KEPT_MS = 60_000;

        /** {@code keys} is the generation of all keys at the time. */
        private record Entry(Grant grant, long untilMs, long keys) {

            long weight() {
                return HeapBytes.object(1, 2 * Long.BYTES) + grant.weight();
            }
        }

        private final BoundedCache<Entry> known = new BoundedCache<>(WEIGHT_MAX, Entry::weight);

        /** The grant that is known and still holds, or null. */
        Grant get(String digest, long nowMs, long keys) {
            Entry entry = known.get(digest);
            return entry != null && nowMs < entry.untilMs && entry.keys == keys ? entry.grant : null;
        }

        /** Keeps it for a minute, never longer than the token lasts. */
        void put(String digest, Grant grant, long nowMs, long keys) {
            known.put(digest, new Entry(grant, Math.min(nowMs + KEPT_MS, grant.expiresMs()), keys));
        }

        /** The entries kept: a test shows with it that heavy grants push out others. */
        int size() {
            return known.size();
        }
    }
}
