package io.rivulet.auth;

/**
 * One ban, as the bans' file and the list of operators show it.
 *
 * @param kind    what is banned
 * @param issuer  who vouches for it
 * @param value   the subject, or the token's id
 * @param untilMs when it ends, in milliseconds since 1970; {@link Grant#NEVER} for never
 */
public record Ban(Kind kind, String issuer, String value, long untilMs) {

    /** The kind of a ban. */
    public enum Kind {
        /** Everybody with this subject. */
        SUBJECT,
        /** One token, by its id. */
        TOKEN
    }
}
