package io.rivulet.config;

import static io.rivulet.config.Family.member;

import java.util.List;
import java.util.Optional;

/**
 * The family {@code token.}: the issuers of tokens, and the keys that check them. One section may have no name;
 * several may share an issuer, as when publishers and subscribers have keys of their own.
 */
public final class Issuers {

    /** The use of a section's keys. */
    public enum KeyUse { PUBLISH, SUBSCRIBE, BOTH }

    public static final Setting<Optional<String>> ISSUER = member("issuer", Kind.PATH, "",
        "The issuer of the tokens, as their iss says; needed, except for tokens of Mercure 0.x alone.");
    public static final Setting<Optional<Secret>> KEY = member("key", Kind.SECRET, "",
        "It checks the tokens: a secret, PEM blocks of public keys or certificates, or file:/path of one of these.");
    public static final Setting<List<String>> ALGORITHM = member("algorithm", Kind.LIST, "",
        "Algorithms allowed; without it HS256 for a secret, else those that fit the key.");
    public static final Setting<Optional<String>> JWKS = member("jwks", Kind.PATH, "",
        "Instead of a key: a JWK Set, as a file or an https URL.");
    public static final Setting<KeyUse> USE = member("use", Kind.oneOf(KeyUse.class), "both",
        "The use of the keys; operating takes both.");
    public static final Setting<List<String>> SERVERS = member("servers", Kind.LIST, "",
        "Authorization servers that clients are told of (RFC 9728); without it the issuer.");

    /** All of it. */
    public static final Family FAMILY =
        new Family("token.", true, List.of(ISSUER, KEY, ALGORITHM, JWKS, USE, SERVERS));

    private Issuers() {
    }
}
