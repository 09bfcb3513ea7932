package io.rivulet.auth;

import io.rivulet.limit.Refused;
import io.rivulet.limit.Refused.Reason;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is kept out, though the token is good: subjects and single tokens, each of an issuer, until a time. Any thread;
 * asking takes no lock.
 */
public final class Bans {

    /** At once. */
    static final int BANS_MAX = 10_000;

    /** What is banned. */
    public enum Kind {
        /** Everybody with this subject. */
        SUBJECT,
        /** One token, by its id. */
        TOKEN
    }

    /**
     * One ban.
     *
     * @param kind    what is banned
     * @param issuer  who vouches for it
     * @param value   the subject, or the token's id
     * @param untilMs when it ends, in milliseconds since 1970; {@link Grant#NEVER} for never
     */
    public record Ban(Kind kind, String issuer, String value, long untilMs) {
    }

    private record Key(Kind kind, String issuer, String value) {
    }

    private final Map<Key, Long> bans = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final BanFile file;

    /**
     * The bans in this file, which need not exist; kept in memory alone when it is null.
     *
     * @throws io.rivulet.config.BadSetting when the file cannot be read: a hub that forgot its bans must not start
     */
    public Bans(InstantSource clock, Path file) {
        this.clock = clock;
        this.file = file == null ? null : new BanFile(file);
        if (file != null) {
            this.file.read().forEach(ban -> bans.put(key(ban), ban.untilMs()));
            dropExpired();
        }
    }

    /**
     * Keeps somebody out from now on; a ban that is there gets the new end.
     *
     * @throws Refused MALFORMED for who cannot be banned or a time that is over, OVERLOADED when there are too many,
     *                 STORE_FAILED when it holds, but would not outlive a restart
     */
    public synchronized void ban(Kind kind, String issuer, String value, long untilMs) {
        check(kind, issuer, value);
        if (untilMs <= clock.millis()) {
            throw Refused.malformed("a ban ends in the future");
        }
        Key key = new Key(kind, issuer, value);
        dropExpired();
        if (bans.size() >= BANS_MAX && !bans.containsKey(key)) {
            throw Refused.because(Reason.OVERLOADED, "there are " + bans.size() + " bans, the most there may be; "
                + "lift one, or wait until one ends");
        }
        bans.put(key, untilMs);
        save();
    }

    /**
     * Lets somebody in again.
     *
     * @return whether there was a ban
     * @throws Refused STORE_FAILED when it is lifted, but would be there again after a restart
     */
    public synchronized boolean lift(Kind kind, String issuer, String value) {
        boolean was = bans.remove(new Key(kind, issuer, value)) != null;
        dropExpired();
        if (was) {
            save();
        }
        return was;
    }

    /** Those in force, the first to end first. */
    public List<Ban> list() {
        long now = clock.millis();
        List<Ban> list = new ArrayList<>();
        bans.forEach((key, until) -> {
            if (now < until) {
                list.add(new Ban(key.kind(), key.issuer(), key.value(), until));
            }
        });
        list.sort(Comparator.comparingLong(Ban::untilMs).thenComparing(Ban::issuer).thenComparing(Ban::value));
        return list;
    }

    /** Whether the bearer of this is kept out now. */
    public boolean isBanned(Grant grant) {
        if (bans.isEmpty() || grant.isAnonymous()) {
            return false;
        }
        return holds(new Key(Kind.SUBJECT, grant.issuer(), grant.subject()))
            || grant.tokenId() != null && holds(new Key(Kind.TOKEN, grant.issuer(), grant.tokenId()));
    }

    private boolean holds(Key key) {
        Long until = bans.get(key);
        return until != null && clock.millis() < until;
    }

    private static void check(Kind kind, String issuer, String value) {
        if (kind == null || issuer == null || issuer.isEmpty()) {
            throw Refused.malformed("who is nobody in particular cannot be banned: it takes a subject or a token id, "
                + "and the issuer");
        }
        if (issuer.equals(Grant.DEV.issuer()) || issuer.equals(Grant.INTERNAL.issuer())) {
            throw Refused.malformed("who came without a token, in dev mode or from inside, cannot be banned");
        }
        if (value == null || value.isEmpty() || value.length() > TokenRules.NAME_CHARS_MAX
            || issuer.length() > TokenRules.NAME_CHARS_MAX) {
            throw Refused.malformed("a subject, a token id and an issuer have 1 to " + TokenRules.NAME_CHARS_MAX
                + " characters");
        }
    }

    private static Key key(Ban ban) {
        return new Key(ban.kind(), ban.issuer(), ban.value());
    }

    private void dropExpired() {
        long now = clock.millis();
        bans.values().removeIf(until -> until <= now);
    }

    private void save() {
        if (file != null) {
            file.write(list());
        }
    }
}
