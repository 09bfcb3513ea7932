package io.rivulet.auth;

/**
 * One ban, as the bans' file and the list of operators show it.
 *
 * @param kind    what is banned
 * @param issuer  who vouches for it
 * @param value   the subject, or the token's id
 * @param untilMs when it ends, in milliseconds since 1970; {@link Grant#NEVER} for never; 0 where it was lifted
 * @param madeMs  when that was said; 0 where nobody knows. Of what two nodes say the later counts
 * @param keptMs  where it was lifted: until then that is remembered, for a node that comes back may not know it
 */
public record Ban(Kind kind, String issuer, String value, long untilMs, long madeMs, long keptMs) {

    /** One in force, of which nobody asks when it was made. */
    public Ban(Kind kind, String issuer, String value, long untilMs) {
        this(kind, issuer, value, untilMs, 0, 0);
    }

    /** The kind of a ban. */
    public enum Kind {
        /** Everybody with this subject. */
        SUBJECT,
        /** One token, by its id. */
        TOKEN
    }
}
