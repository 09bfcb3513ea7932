package io.rivulet.hub.stream;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;
import static io.rivulet.refusal.Refused.Reason.TOO_MANY_STREAMS;

import io.rivulet.auth.Grant;
import io.rivulet.config.DerivedDefaults;
import io.rivulet.config.IpBlock;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Nodes;
import io.rivulet.heap.HeapBytes;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the open streams, and what they weigh: in total, of each address and of each subject. The hub asks it before
 * it lets a stream in, and a stream beyond a cap is refused. Any thread; the lock is held for the work of a few maps.
 *
 * <p>A stream is counted in all three or in none, and the lock makes that one step. With three separate counters a
 * stream that the last one refuses would count in the first for a moment, and another stream would be refused for
 * nothing.
 *
 * <p>The cap on the total stands for memory: each stream for so many KiB. Most ask for a handful of topics and weigh no
 * more. One that asks for thousands of words or for large patterns, or whose token grants such, takes as many places as
 * its weight fills ({@link TopicSelection#loadKib}, {@link Grant#weight}). What many streams share weighs once: in the
 * total, and once for each address and subject that has it. So a page that ten thousand visitors have open behind one
 * proxy weighs as one. Of this weight one address, and one subject, may have a sixteenth of the total: else one
 * stranger with heavy streams would keep out all others. A stream that weighs nothing beyond its place is never refused
 * for that.
 *
 * <p>Only open streams are remembered, so the cap on their total bounds the memory.
 */
public final class StreamCaps {

    /** One address, and one subject, may have this part of the weight of all. */
    private static final int SHARE = 16;
    /** But so much however small the total is: a few streams of a hundred patterns each. */
    private static final int SHARE_KIB_LEAST = 1 << 10;
    /** In the bags of an index, for each topic or pattern, also where all else is shared. */
    private static final int ASKER_BYTES = 16;

    /** Other nodes hear of an address, and of a subject, at each such part of its cap. */
    private static final int STEPS = 10;

    /** To count again what goes on as before. */
    private static final int TRIES = 6;

    /** Of whom nothing is open. */
    private static final Account NOTHING = new Account();

    private final int addressMax;
    private final int subjectMax;
    private final Metrics metrics;
    private final Map<Object, Account> byAddress = new HashMap<>();
    private final Map<Grant.Identity, Account> bySubject = new HashMap<>();
    private final Account all = new Account();
    /** Null in a hub alone, and where there is no cap. */
    private CallersElsewhere<Object> addressesElsewhere;
    private CallersElsewhere<Grant.Identity> subjectsElsewhere;
    private int totalMax;
    private int streamKib = DerivedDefaults.STREAM_KIB_JETTY;

    /**
     * The streams of somebody, and what they weigh beyond their places. Under the lock. Each change does first what may
     * fail, and then what cannot: a call that failed has not done anything, and may be made again.
     */
    private static final class Account {
        private int streams;
        private long kib;
        /** How many streams share each selection and grant that weighs something; null for none. */
        private Map<Object, int[]> shared;

        /** What this stream would add. */
        long more(Load load) {
            return load.own + more(load.topics, load.topicsKib) + more(load.grant, load.grantKib);
        }

        private long more(Object what, long weighs) {
            int[] sharers = weighs == 0 || shared == null ? null : shared.get(what);
            return sharers == null || sharers[0] == 0 ? weighs : 0;
        }

        void enter(Load load) {
            enter(load, 1);
        }

        private void enter(Load load, int more) {
            long weighs = more(load);
            int[] topics = sharers(load.topics, load.topicsKib);
            int[] grant = sharers(load.grant, load.grantKib);
            kib += weighs;
            streams += more;
            if (topics != null) {
                topics[0]++;
            }
            if (grant != null) {
                grant[0]++;
            }
        }

        /** Where they are counted; null for what weighs nothing. */
        private int[] sharers(Object what, long weighs) {
            if (weighs == 0) {
                return null;
            }
            if (shared == null) {
                shared = new IdentityHashMap<>(2);
            }
            int[] sharers = shared.get(what);
            if (sharers == null) {
                sharers = new int[1];
                shared.put(what, sharers);
            }
            return sharers;
        }

        /** A stream that is counted holds this as well. */
        void enterBeyond(Load beyond) {
            enter(beyond, 0);
        }

        /** It holds that no more; nothing happens where it did not. */
        void leaveBeyond(Load beyond) {
            int[] sharers = beyond.grantKib == 0 || shared == null ? null : shared.get(beyond.grant);
            if (sharers != null && sharers[0] > 0) {
                leave(beyond, 0);
            }
        }

        boolean isEmpty() {
            if (streams == 0 && shared != null) {
                for (int[] sharers : shared.values()) {
                    if (sharers[0] > 0) {
                        return false;
                    }
                }
            }
            return streams == 0;
        }

        void leave(Load load) {
            leave(load, 1);
        }

        private void leave(Load load, int less) {
            int[] topics = load.topicsKib == 0 || shared == null ? null : shared.get(load.topics);
            int[] grant = load.grantKib == 0 || shared == null ? null : shared.get(load.grant);
            kib -= load.own;
            streams -= less;
            if (topics != null && --topics[0] == 0) {
                kib -= load.topicsKib;
                shared.remove(load.topics);
            }
            if (grant != null && --grant[0] == 0) {
                kib -= load.grantKib;
                shared.remove(load.grant);
            }
        }
    }

    /** What a stream weighs beyond its place, in KiB: by itself, and by what it may share. The same of one request. */
    private record Load(long own, TopicSelection topics, long topicsKib, Grant grant, long grantKib) {

        boolean isNone() {
            return sum() == 0;
        }

        long sum() {
            return own + topicsKib + grantKib;
        }

        /** What a stream weighs by a grant that it got later: its request keeps the first one alive, too. */
        static Load beyond(SubscribeRequest request, Grant grant) {
            return new Load(0, request.topics(), 0, grant, grant == request.grant() ? 0 : grant.weight() >> 10);
        }

        static Load of(SubscribeRequest request) {
            TopicSelection topics = request.topics();
            long own = HeapBytes.string(request.cursor()) + HeapBytes.string(request.peer())
                + (long) ASKER_BYTES * topics.matchers().size();
            SubscribeRequest.Session session = request.session();
            if (session != null) { // it keeps what was asked for first as well
                own += HeapBytes.string(session.name()) + (session.asked() == topics ? 0 : session.asked().weight());
            }
            return new Load(own >> 10, topics, topics.loadKib(), request.grant(), request.grant().weight() >> 10);
        }
    }

    /** The caps of these settings. */
    public StreamCaps(Settings settings, Metrics metrics) {
        totalMax = settings.get(SettingsTable.CONNECTIONS_MAX);
        addressMax = settings.get(SettingsTable.CONNECTIONS_ADDRESS_MAX);
        subjectMax = settings.get(SettingsTable.CONNECTIONS_SUBJECT_MAX);
        this.metrics = metrics;
    }

    /** Another cap on the total, of streams of so many KiB; 0 for none. Streams beyond it stay. */
    public synchronized void totalMax(int max, int kibEach) {
        totalMax = max;
        streamKib = kibEach;
    }

    /** The caps of an address and of a subject hold for the streams of all these nodes together from now on. */
    public synchronized void share(Nodes nodes) {
        if (addressMax > 0) {
            addressesElsewhere = new CallersElsewhere<>("addresses", Math.max(1, addressMax / STEPS), this, nodes,
                Object::toString, () -> callers(byAddress), address -> streams(byAddress, address));
        }
        if (subjectMax > 0) {
            subjectsElsewhere = new CallersElsewhere<>("subjects", Math.max(1, subjectMax / STEPS), this, nodes,
                one -> one.issuer().length() + " " + one.issuer() + one.subject(),
                () -> callers(bySubject), subject -> streams(bySubject, subject));
        }
    }

    private synchronized <K> List<K> callers(Map<K, Account> accounts) {
        return List.copyOf(accounts.keySet());
    }

    private synchronized <K> int streams(Map<K, Account> accounts, K caller) {
        return accounts.getOrDefault(caller, NOTHING).streams;
    }

    private static <K> void tell(CallersElsewhere<K> elsewhere, Map<K, Account> accounts, K caller) {
        if (elsewhere != null && caller != null) {
            elsewhere.changed(caller, accounts.getOrDefault(caller, NOTHING).streams);
        }
    }

    private static <K> int beside(CallersElsewhere<K> elsewhere, K caller) {
        return elsewhere == null ? 0 : elsewhere.count(caller);
    }

    /** How many are open: for tests. */
    public synchronized int total() {
        return all.streams;
    }

    /** What they weigh beyond their places, in KiB: for tests. */
    synchronized long kib() {
        return all.kib;
    }

    /**
     * Counts a stream that opens; the caller then owes one {@link #leave} for it.
     *
     * @throws Refused {@code OVERLOADED} for the total, {@code TOO_MANY_STREAMS} for the caller's own cap; nothing is
     *                 counted then
     */
    public void enter(SubscribeRequest request) {
        Load load = Load.of(request); // outside of the lock: it looks at each text
        Object address = address(request, load);
        Grant.Identity subject = subject(request, load);
        synchronized (this) {
            check(load, address, subject);
            count(load, address, subject);
        }
    }

    private void check(Load load, Object address, Grant.Identity subject) {
        checkTotal(load, 1);
        if (address != null) {
            String whose = address instanceof IpBlock block && !block.isV4()
                ? "the caller's /" + Caller.V6_NETWORK_BITS + " network has " : "the caller's address has ";
            check(byAddress.get(address), beside(addressesElsewhere, address), addressMax, load, whose,
                SettingsTable.CONNECTIONS_ADDRESS_MAX, Count.STREAMS_REFUSED_ADDRESS);
        }
        if (subject != null) {
            check(bySubject.get(subject), beside(subjectsElsewhere, subject), subjectMax, load,
                "the caller's subject has ", SettingsTable.CONNECTIONS_SUBJECT_MAX, Count.STREAMS_REFUSED_SUBJECT);
        }
    }

    /** In all or, where it throws, in none. */
    private void count(Load load, Object address, Grant.Identity subject) {
        LastingLoop.each(() -> all.enter(load), () -> enter(byAddress, address, load),
            () -> enter(bySubject, subject, load), () -> tell(addressesElsewhere, byAddress, address),
            () -> tell(subjectsElsewhere, bySubject, subject));
    }

    private static <K> void enter(Map<K, Account> accounts, K who, Load load) {
        if (who != null) {
            accounts.computeIfAbsent(who, one -> new Account()).enter(load);
        }
    }

    /**
     * A stream asks for other topics from now on. It is counted as if it left and came back, in one step.
     *
     * @throws Refused as {@link #enter} where it weighs more than before; all stays as it was then
     */
    public void change(SubscribeRequest now, SubscribeRequest changed) {
        change(now, changed, true);
    }

    /** It does not, after all: what it asked for before is counted again, whoever has taken the room meanwhile. */
    public void changeBack(SubscribeRequest changed, SubscribeRequest before) {
        change(changed, before, false);
    }

    private void change(SubscribeRequest now, SubscribeRequest changed, boolean checked) {
        Load less = Load.of(now);
        Load more = Load.of(changed);
        Object addressLess = address(now, less);
        Object addressMore = address(changed, more);
        Grant.Identity subjectLess = subject(now, less);
        Grant.Identity subjectMore = subject(changed, more);
        synchronized (this) {
            leave(less, addressLess, subjectLess);
            boolean done = false;
            try {
                if (checked && more.sum() > less.sum()) {
                    check(more, addressMore, subjectMore);
                }
                count(more, addressMore, subjectMore);
                done = true;
            } finally {
                for (int tries = done ? TRIES : 0; tries < TRIES; tries++) {
                    try {
                        count(less, addressLess, subjectLess);
                        tries = TRIES;
                    } catch (RuntimeException | Error e) {
                        // once more: the caller hears of what came first
                    }
                }
            }
        }
    }

    /**
     * A stream goes on under another grant. Its request keeps the first one alive, so the fresh one is counted beside
     * that, and the one between them no more.
     *
     * @param now what it goes on under until now: its request's own where it was never renewed
     * @throws Refused as {@link #enter} does for the weight; all stays as it was then
     */
    public void renew(SubscribeRequest request, Grant now, Grant fresh) {
        Load more = Load.beyond(request, fresh);
        Load less = Load.beyond(request, now);
        if (more.isNone() && less.isNone()) {
            return;
        }
        Object address = Caller.address(request.peer());
        Grant.Identity subject = request.grant().isNamed() ? request.grant().identity() : null;
        synchronized (this) {
            if (all.more(more) > 0) {
                checkTotal(more, 0);
            }
            check(byAddress.get(address), 0, 0, more, "the caller's address has ", SettingsTable.CONNECTIONS_MAX,
                Count.STREAMS_REFUSED_ADDRESS);
            if (subject != null) {
                check(bySubject.get(subject), 0, 0, more, "the caller's subject has ", SettingsTable.CONNECTIONS_MAX,
                    Count.STREAMS_REFUSED_SUBJECT);
            }
            LastingLoop.each(() -> all.enterBeyond(more), () -> enterBeyond(byAddress, address, more),
                () -> enterBeyond(bySubject, subject, more));
            leaveBeyond(address, subject, less);
        }
    }

    private static <K> void enterBeyond(Map<K, Account> accounts, K who, Load more) {
        if (who != null) {
            accounts.computeIfAbsent(who, one -> new Account()).enterBeyond(more);
        }
    }

    private void checkTotal(Load load, int streams) {
        long more = all.more(load);
        long taken = all.streams + places(all.kib);
        if (totalMax > 0 && all.streams + streams + places(all.kib + more) > totalMax) {
            throw taken == all.streams && more == 0
                ? refused(OVERLOADED, "there are ", taken, totalMax, SettingsTable.CONNECTIONS_MAX,
                    Count.STREAMS_REFUSED_TOTAL)
                : refusedForWeight(OVERLOADED, more, "and " + taken + " of at most " + totalMax + " are taken",
                    Count.STREAMS_REFUSED_TOTAL);
        }
    }

    /**
     * The two caps of one address or one subject; the account is null where nothing is open, and {@code beside} are
     * those of other nodes.
     */
    private void check(Account of, int beside, int max, Load load, String whose, Setting<?> setting, Count count) {
        int open = (of == null ? 0 : of.streams) + beside;
        if (max > 0 && open >= max) {
            throw refused(TOO_MANY_STREAMS, whose, open, max, setting, count);
        }
        long kib = of == null ? 0 : of.kib;
        long more = of == null ? NOTHING.more(load) : of.more(load);
        long kibMax = Math.max(SHARE_KIB_LEAST, (long) totalMax * streamKib / SHARE);
        if (totalMax > 0 && more > 0 && kib + more > kibMax) {
            throw refusedForWeight(TOO_MANY_STREAMS, more, whose + places(kib) + " of at most " + places(kibMax)
                + " places beyond one for each of its streams, a sixteenth of all", count);
        }
    }

    /** So much weight takes so many places of streams. */
    private long places(long kib) {
        return (kib + streamKib - 1) / streamKib;
    }

    /** Counts one that ended or did not open after all; once for each {@link #enter}. */
    public void leave(SubscribeRequest request) {
        leave(request, request.grant());
    }

    /** The same for one that went on under this grant at last, see {@link #renew}. */
    public void leave(SubscribeRequest request, Grant now) {
        Load load = Load.of(request);
        Object address = address(request, load);
        Grant.Identity subject = subject(request, load);
        synchronized (this) {
            if (now != request.grant()) {
                leaveBeyond(Caller.address(request.peer()), request.grant().identity(), Load.beyond(request, now));
            }
            leave(load, address, subject);
        }
    }

    /** Each account by a step of its own: one that is made again would count twice. */
    private void leave(Load load, Object address, Grant.Identity subject) {
        LastingLoop.each(() -> all.leave(load), () -> leave(byAddress, address, load),
            () -> leave(bySubject, subject, load), () -> forget(byAddress, address), () -> forget(bySubject, subject),
            () -> tell(addressesElsewhere, byAddress, address), () -> tell(subjectsElsewhere, bySubject, subject));
    }

    private void leaveBeyond(Object address, Grant.Identity subject, Load less) {
        LastingLoop.each(() -> all.leaveBeyond(less),
            () -> byAddress.getOrDefault(address, NOTHING).leaveBeyond(less),
            () -> bySubject.getOrDefault(subject, NOTHING).leaveBeyond(less),
            () -> forget(byAddress, address), () -> forget(bySubject, subject));
    }

    private static <K> void forget(Map<K, Account> accounts, K who) {
        if (who != null && accounts.getOrDefault(who, NOTHING).isEmpty()) {
            accounts.remove(who);
        }
    }

    private static <K> void leave(Map<K, Account> accounts, K who, Load load) {
        Account account = who == null ? null : accounts.get(who);
        if (account == null) {
            return; // it is not counted, or has left before a fault
        }
        account.leave(load);
    }

    /** How many addresses and subjects are remembered: for tests. */
    synchronized int remembered() {
        return byAddress.size() + bySubject.size();
    }

    /** Null when neither streams nor weight are counted of it. */
    private Object address(SubscribeRequest request, Load load) {
        return addressMax == 0 && load.isNone() ? null : Caller.address(request.peer());
    }

    /**
     * Null when it is not counted: nobody in particular, a caller at this machine in dev mode, and the bearer of a
     * token that names nobody, which may be one for all visitors. A fresh token keeps the subject, so what the stream
     * opened with is what it is counted under to its end.
     */
    private Grant.Identity subject(SubscribeRequest request, Load load) {
        boolean counts = request.grant().isNamed() && !(subjectMax == 0 && load.isNone());
        return counts ? request.grant().identity() : null;
    }

    private Refused refused(Refused.Reason reason, String whose, long open, int max, Setting<?> setting, Count count) {
        metrics.add(count);
        return Refused.because(reason, whose + open + " of at most " + max + " streams open (" + setting.fullKey()
            + ")");
    }

    private Refused refusedForWeight(Refused.Reason reason, long more, String taken, Count count) {
        metrics.add(count);
        return Refused.because(reason, "for what it asks for and may see this stream counts as " + (1 + places(more))
            + ", " + taken + " (" + SettingsTable.CONNECTIONS_MAX.fullKey() + ")");
    }
}
