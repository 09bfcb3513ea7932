package io.rivulet.auth.token;

import com.google.gson.JsonElement;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.auth.Use;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.topic.TopicSpace;
import java.math.BigDecimal;
import java.util.List;

/**
 * The rules that a token has to pass: its kind, its key, its audience, its times and its rights (RFC 9068, RFC 8725,
 * Mercure 1.0; tokens of Mercure 0.x have fewer). {@link TokenVerifier} and {@link TokenExplainer} use it. Any thread.
 *
 * <p>Both use one code in one order, so an explanation never says another thing than the hub does. The
 * {@link Verdict} decides whether the first fault ends the work.
 */
final class TokenRules {

    /** Thirty thousand years. */
    private static final double SECONDS_MAX = 1e12;
    private static final List<String> KEYS_OF_ITS_OWN = List.of("jwk", "jku", "x5u");
    /** Whose name it is, the best first. */
    private static final List<String> NAMES = List.of("sub", "client_id", "jti");

    private final boolean legacy;
    private final boolean hasResource;
    private final long skewMs;
    private final String audience;
    private final KeyFinder keys;
    private final DetailsReader details;
    private final LegacyReader legacyReader;

    TokenRules(Settings settings, TopicSpace topics, List<Issuer> issuers) {
        legacy = settings.get(SettingsTable.MERCURE_LEGACY);
        hasResource = settings.get(SettingsTable.RESOURCE).isPresent();
        skewMs = settings.get(SettingsTable.TOKEN_SKEW).toMillis();
        audience = topics.hubUrl();
        keys = new KeyFinder(issuers);
        details = new DetailsReader(settings, topics);
        legacyReader = new LegacyReader(topics);
    }

    /** The text that {@code aud} has to contain. */
    String audience() {
        return audience;
    }

    /**
     * Judges a token for a use.
     *
     * @return its grant; null when there are faults, which {@code verdict} has or threw
     * @throws BadToken                         at the first fault, when the verdict stops there
     * @throws io.rivulet.refusal.Refused         NOT_OPEN while the issuer's keys are not here
     */
    Grant judge(ParsedToken token, Use use, long nowMs, Verdict verdict) {
        boolean modern = token.isModern() || !legacy && !token.hasLegacyClaim();
        checkHeader(token, modern, verdict);
        if (!modern && !legacy) {
            verdict.fault("it is a token of Mercure 0.x, and " + SettingsTable.MERCURE_LEGACY.fullKey()
                + " is false");
        }
        if (modern && !hasResource) {
            verdict.fault("it is a token of Mercure 1.0, and without " + SettingsTable.RESOURCE.fullKey()
                + " nobody can say whom it is for");
        }
        keys.check(token, use, modern, verdict);
        if (modern) {
            checkAudience(token, verdict);
        }
        long expiresMs = checkTimes(token, use, modern, nowMs, verdict);
        checkNames(token, verdict);
        verdict.rights = rights(token, modern, verdict);
        return verdict.faults().isEmpty() ? grant(token, modern, verdict, expiresMs) : null;
    }

    /** The header may not choose the key: a token that brings its own would always be valid (RFC 8725). */
    private static void checkHeader(ParsedToken token, boolean modern, Verdict verdict) {
        for (String name : KEYS_OF_ITS_OWN) {
            if (token.header().has(name)) {
                verdict.fault("its header has " + name + ": a token that says by which key to check it is refused");
            }
        }
        if (token.header().has("crit") || token.header().has("b64")) {
            verdict.fault("its header has crit or b64: extensions that this hub does not know");
        }
        if (modern && !token.hasAccessTokenType()) {
            verdict.fault("its typ is not at+jwt, as an access token's is (RFC 9068)");
        }
    }

    private void checkAudience(ParsedToken token, Verdict verdict) {
        JsonElement aud = token.claims().get("aud");
        if (aud == null) {
            verdict.fault("it has no aud; expected " + audience);
        } else if (!names(aud, audience)) {
            verdict.fault("its aud is not this hub; expected " + audience);
        }
    }

    /** Whether {@code aud}, one string or several, names this hub. */
    private static boolean names(JsonElement aud, String audience) {
        if (aud.isJsonArray()) {
            for (JsonElement one : aud.getAsJsonArray()) {
                if (!one.isJsonArray() && names(one, audience)) {
                    return true;
                }
            }
            return false;
        }
        return aud.isJsonPrimitive() && aud.getAsJsonPrimitive().isString() && aud.getAsString().equals(audience);
    }

    /** Gives the end, in milliseconds since 1970. */
    private long checkTimes(ParsedToken token, Use use, boolean modern, long nowMs, Verdict verdict) {
        Long exp = timeMs(token, "exp", verdict);
        // a stream ends at exp itself, whatever the skew: one that would end at once is not opened
        long late = use == Use.SUBSCRIBE ? 0 : skewMs;
        if (exp == null && modern && !token.claims().has("exp")) {
            verdict.fault("it has no exp");
        } else if (exp != null && nowMs - late >= exp) {
            verdict.fault("it expired " + (nowMs - exp) / 1_000 + " s ago");
        }
        Long nbf = timeMs(token, "nbf", verdict);
        if (nbf != null && nowMs + skewMs < nbf) {
            verdict.fault("it is not valid before " + (nbf - nowMs + 999) / 1_000 + " s from now (nbf)");
        }
        return exp == null ? Grant.NEVER : exp;
    }

    /**
     * A NumericDate (RFC 7519 §2), fractions allowed; null when it is absent or no such. One in the far future, or of
     * the far past, is as good as any: it is brought within a time with which the hub can count.
     */
    private static Long timeMs(ParsedToken token, String name, Verdict verdict) {
        JsonElement value = token.claims().get(name);
        if (value == null) {
            return null;
        }
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            double seconds = Math.max(-SECONDS_MAX, Math.min(SECONDS_MAX, value.getAsDouble()));
            return BigDecimal.valueOf(seconds).movePointRight(3).longValue();
        }
        verdict.fault("its " + name + " is no time in seconds since 1970");
        return null;
    }

    /** Names go into lines of the log and into lists of bans, so they are short and in one line. */
    private static void checkNames(ParsedToken token, Verdict verdict) {
        for (String name : NAMES) {
            String text = token.claim(name);
            if (text != null && (text.length() > Grant.NAME_CHARS_MAX
                || text.chars().anyMatch(Character::isISOControl))) {
                verdict.fault("its " + name + " has control characters, or more than " + Grant.NAME_CHARS_MAX);
            }
        }
    }

    private TokenRights rights(ParsedToken token, boolean modern, Verdict verdict) {
        try {
            return modern ? details.read(token.claims()) : legacyReader.read(token.claims());
        } catch (BadToken e) {
            verdict.fault(e.getMessage());
            return TokenRights.NONE;
        }
    }

    private static Grant grant(ParsedToken token, boolean modern, Verdict verdict, long expiresMs) {
        Issuer issuer = verdict.issuer;
        TokenRights rights = verdict.rights;
        boolean publishes = issuer.uses().contains(Use.PUBLISH);
        boolean subscribes = issuer.uses().contains(Use.SUBSCRIBE);
        String id = id(token);
        return new Grant(issuer.vouches(), subject(token, id), id,
            publishes ? rights.publishes() : GrantedTopics.NONE,
            subscribes ? rights.subscribes() : GrantedTopics.NONE, subscribes ? rights.payloads() : List.of(),
            rights.operates() && issuer.uses().contains(Use.OPERATE), expiresMs, !modern,
            publishes ? rights.cancels() : GrantedTopics.NONE);
    }

    /** Of what is signed alone: some signatures can be written in two ways, and a ban must hold for both. */
    static String id(ParsedToken token) {
        String jti = token.claim("jti");
        return jti != null && !jti.isEmpty() ? jti : Digests.of(token.signed());
    }

    static String subject(ParsedToken token, String id) {
        for (String name : NAMES) {
            String text = token.claim(name);
            if (text != null && !text.isEmpty()) {
                return text;
            }
        }
        return Grant.unnamed(id);
    }
}
