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
import java.util.function.Consumer;
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
    /** With those that were lifted at a node, until they would have ended. */
    private static final int CHANGES_MAX = 2 * BANS_MAX;

    private record Key(Kind kind, String issuer, String value) {
    }

    /** Stands for a ban's end where it was lifted. */
    private static final long LIFTED = Long.MIN_VALUE;

    private static final Comparator<Ban> IN_ORDER = Comparator.comparingLong(Ban::untilMs).thenComparing(Ban::issuer)
        .thenComparing(Ban::value);
    private static final Logger LOG = LoggerFactory.getLogger(Bans.class);

    private final Map<Key, Long> bans = new ConcurrentHashMap<>();
    /** Changes that were made while the file was not this one's to write; guarded by this. */
    private final Map<Key, Long> unwritten = new HashMap<>();
    /** When each was made, and those that were lifted at a node of a cluster; guarded by this. */
    private final Map<Key, Made> made = new HashMap<>();
    private final InstantSource clock;
    private final BanFile file;
    /** Whether the file is this one's to write; guarded by this. */
    private boolean open;
    /** What tells other nodes; null in a hub alone. */
    private volatile Consumer<List<Ban>> others;

    /**
     * A change that counts.
     *
     * @param madeMs when it was made
     * @param keptMs of a lifted ban: until when that is remembered; 0 of one in force
     */
    private record Made(long madeMs, long keptMs) {
    }

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
            this.file.read().forEach(ban -> {
                bans.put(key(ban), ban.untilMs());
                made.put(key(ban), new Made(ban.madeMs(), ban.keptMs()));
            });
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
        file.read().forEach(ban -> {
            now.put(key(ban), ban.untilMs());
            if (!unwritten.containsKey(key(ban))) {
                made.put(key(ban), new Made(ban.madeMs(), ban.keptMs()));
            }
        });
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
        made(key, 0);
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
        long untilMs = bans.remove(key);
        made(key, untilMs);
        save();
        return true;
    }

    /** From now on changes are told to others as well, who {@link #heard tell theirs}. */
    void tell(Consumer<List<Ban>> changes) {
        others = changes;
    }

    /** Notes when a change was made, later than any that is known, and tells it. */
    private void made(Key key, long keptMs) {
        Made before = made.get(key);
        Made now = new Made(Math.max(clock.millis(), before == null ? 0 : before.madeMs() + 1), keptMs);
        Consumer<List<Ban>> notes = others;
        if (notes == null && keptMs != 0) {
            made.remove(key); // nobody else could say that it is there
            return;
        }
        made.put(key, now);
        if (notes != null) {
            notes.accept(List.of(told(key, now)));
        }
    }

    private Ban told(Key key, Made change) {
        return new Ban(key.kind(), key.issuer(), key.value(), bans.getOrDefault(key, 0L), change.madeMs(),
            change.keptMs());
    }

    /** All that other nodes should know: bans, and those that were lifted. */
    synchronized List<Ban> all() {
        dropExpired();
        forgetOver();
        List<Ban> all = new ArrayList<>();
        made.forEach((key, change) -> all.add(told(key, change)));
        all.sort(IN_ORDER);
        return all;
    }

    /**
     * Another node has said this. What was said later than what is known here counts; of what was said at the same time
     * the ban that is longer.
     *
     * @return whether somebody is banned by that
     */
    synchronized boolean heard(List<Ban> told) {
        boolean banned = false;
        boolean changed = false;
        dropExpired();
        for (Ban ban : told) {
            if (heard(ban)) {
                changed = true;
                banned |= ban.untilMs() != 0;
            }
        }
        if (changed && (open || file == null)) { // else it waits for the folder, like all changes
            try {
                save();
            } catch (Refused e) {
                LOG.warn("{}", e.getMessage(), e);
            }
        }
        return banned;
    }

    private boolean heard(Ban told) {
        Key key = key(told);
        Made known = made.get(key);
        boolean isNews = known == null || told.madeMs() > known.madeMs() || told.madeMs() == known.madeMs()
            && told.untilMs() > bans.getOrDefault(key, 0L);
        if (!isNews || Math.max(told.untilMs(), told.keptMs()) <= clock.millis()) {
            return false;
        }
        try {
            check(told.kind(), told.issuer(), told.value());
            if (made.size() >= CHANGES_MAX && known == null) {
                throw Refused.because(Reason.OVERLOADED, "there are too many bans");
            }
            note(key, told.untilMs() == 0 ? LIFTED : told.untilMs());
        } catch (Refused e) {
            LOG.warn("A ban of another node is not taken: {}", e.getMessage());
            return false;
        }
        if (told.untilMs() == 0) {
            bans.remove(key);
        } else {
            bans.put(key, told.untilMs());
        }
        made.put(key, new Made(told.madeMs(), told.keptMs()));
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
        list.sort(IN_ORDER);
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
        if (made.size() >= CHANGES_MAX) {
            forgetOver();
        }
    }

    /** Of what is over nobody needs to know when it was made. */
    private void forgetOver() {
        long now = clock.millis();
        made.entrySet().removeIf(one -> one.getValue().keptMs() <= now && !bans.containsKey(one.getKey()));
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
        file.write(all());
    }
}
