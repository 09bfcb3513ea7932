package io.rivulet.auth;

import io.rivulet.auth.Ban.Kind;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bans: subjects and single tokens, each of an issuer, that are kept out until a time though the token is good. The
 * operators' doors change them, every request and every open stream asks. Any thread; asking takes no lock.
 *
 * <p>The file belongs to whoever holds the data folder. T1 (the version that runs) bans somebody after T2 (its
 * successor, deployed beside it) has read the file: so T2 reads it again when it gets the folder, in {@link #open},
 * and what it was told before that is added then. From {@link #close} on T1 writes no more, else it would put its own
 * list over T2's.
 */
public final class Bans {

    /** At once. */
    static final int BANS_MAX = 10_000;

    private record Key(Kind kind, String issuer, String value) {
    }

    /** Stands for a ban's end where it was lifted. */
    private static final long LIFTED = Long.MIN_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(Bans.class);

    private final Map<Key, Long> bans = new ConcurrentHashMap<>();
    /** Changes that were made while the file was not this one's to write; guarded by this. */
    private final Map<Key, Long> unwritten = new HashMap<>();
    private final InstantSource clock;
    private final BanFile file;
    /** Whether the file is this one's to write; guarded by this. */
    private boolean open;

    /**
     * The bans in this file, which need not exist and is only read until {@link #open}; kept in memory alone when it is
     * null.
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
     * The data folder is held from here on: the bans that the file has now count, and the changes made here meanwhile.
     *
     * @throws io.rivulet.config.BadSetting when the file can no longer be read; the bans stay as they were
     */
    public synchronized void open() {
        if (file == null || open) {
            return;
        }
        Map<Key, Long> now = new HashMap<>();
        file.read().forEach(ban -> now.put(key(ban), ban.untilMs()));
        now.putAll(unwritten);
        now.values().removeIf(until -> until == LIFTED);
        bans.putAll(now); // before others are taken out: a caller banned in both must not slip in between
        bans.keySet().retainAll(now.keySet());
        dropExpired();
        open = true;
        if (!unwritten.isEmpty()) {
            unwritten.clear();
            try {
                save();
            } catch (Refused e) {
                LOG.warn("{}", e.getMessage(), e);
            }
        }
    }

    /** The data folder is given away: the file is not written any more. The bans hold as they are. Idempotent. */
    public synchronized void close() {
        open = false;
    }

    /**
     * Keeps somebody out from now on; a ban that is there gets the new end.
     *
     * @throws Refused MALFORMED for who cannot be banned or a time that is over, OVERLOADED when there are too many,
     *                 STORE_FAILED when it holds, but would not outlive a restart (see {@link #open})
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
        note(key, untilMs);
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
        Key key = new Key(kind, issuer, value);
        dropExpired();
        if (!bans.containsKey(key)) {
            return false;
        }
        note(key, LIFTED);
        bans.remove(key);
        save();
        return true;
    }

    /** How many there are, at most: some may be over. */
    public int size() {
        return bans.size();
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
        if (Grant.isLocal(issuer)) {
            throw Refused.malformed("who came without a token, in dev mode or from inside, cannot be banned");
        }
        if (value == null || value.isEmpty() || value.length() > Grant.NAME_CHARS_MAX
            || issuer.length() > Grant.NAME_CHARS_MAX) {
            throw Refused.malformed("a subject, a token id and an issuer have 1 to " + Grant.NAME_CHARS_MAX
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

    /** Remembers a change until it can be written. */
    private void note(Key key, long untilMs) {
        if (file == null || open) {
            return;
        }
        if (unwritten.size() >= BANS_MAX && !unwritten.containsKey(key)) {
            throw Refused.because(Reason.OVERLOADED, "there are " + unwritten.size() + " changes that wait for the "
                + "store to open, the most there may be");
        }
        unwritten.put(key, untilMs);
    }

    private void save() {
        if (file == null) {
            return;
        }
        if (!open) {
            throw Refused.because(Reason.STORE_FAILED, "the bans are in force here, but the data folder is not this "
                + "instance's now: they are written when it is");
        }
        file.write(list());
    }
}
