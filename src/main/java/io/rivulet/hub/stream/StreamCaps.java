package io.rivulet.hub.stream;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;
import static io.rivulet.refusal.Refused.Reason.TOO_MANY_STREAMS;

import io.rivulet.auth.Grant;
import io.rivulet.config.IpBlock;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the open streams: in total, of each address and of each subject. The hub asks it before it lets a stream in,
 * and a stream beyond a cap is refused. Any thread; the lock is held for the work of a map.
 *
 * <p>A stream is counted in all three or in none, and the lock makes that one step. With three separate counters a
 * stream that the last one refuses would count in the first for a moment, and another stream would be refused for
 * nothing.
 *
 * <p>Only open streams are remembered, so the cap on their total bounds the memory.
 */
public final class StreamCaps {

    private final int addressMax;
    private final int subjectMax;
    private final Metrics metrics;
    private final Map<Object, Integer> byAddress = new HashMap<>();
    private final Map<Grant.Identity, Integer> bySubject = new HashMap<>();
    private int totalMax;
    private int total;

    /** The caps of these settings. */
    public StreamCaps(Settings settings, Metrics metrics) {
        totalMax = settings.get(SettingsTable.CONNECTIONS_MAX);
        addressMax = settings.get(SettingsTable.CONNECTIONS_ADDRESS_MAX);
        subjectMax = settings.get(SettingsTable.CONNECTIONS_SUBJECT_MAX);
        this.metrics = metrics;
    }

    /** Another cap on the total; 0 for none. Streams beyond it stay. */
    public synchronized void totalMax(int max) {
        totalMax = max;
    }

    /** How many are open: for tests. */
    public synchronized int total() {
        return total;
    }

    /**
     * Counts a stream that opens; the caller then owes one {@link #leave} for it.
     *
     * @throws Refused {@code OVERLOADED} for the total, {@code TOO_MANY_STREAMS} for the caller's own cap; nothing is
     *                 counted then
     */
    public void enter(SubscribeRequest request) {
        Object address = address(request);
        Grant.Identity subject = subject(request);
        synchronized (this) {
            if (totalMax > 0 && total >= totalMax) {
                throw refused(OVERLOADED, "there are ", total, totalMax, SettingsTable.CONNECTIONS_MAX,
                    Count.STREAMS_REFUSED_TOTAL);
            }
            int ofAddress = address == null ? 0 : byAddress.getOrDefault(address, 0);
            if (address != null && ofAddress >= addressMax) {
                String whose = address instanceof IpBlock block && !block.isV4()
                    ? "the caller's /" + Caller.V6_NETWORK_BITS + " network has " : "the caller's address has ";
                throw refused(TOO_MANY_STREAMS, whose, ofAddress, addressMax, SettingsTable.CONNECTIONS_ADDRESS_MAX,
                    Count.STREAMS_REFUSED_ADDRESS);
            }
            int ofSubject = subject == null ? 0 : bySubject.getOrDefault(subject, 0);
            if (subject != null && ofSubject >= subjectMax) {
                throw refused(TOO_MANY_STREAMS, "the caller's subject has ", ofSubject, subjectMax,
                    SettingsTable.CONNECTIONS_SUBJECT_MAX, Count.STREAMS_REFUSED_SUBJECT);
            }
            total++;
            if (address != null) {
                byAddress.put(address, ofAddress + 1);
            }
            if (subject != null) {
                bySubject.put(subject, ofSubject + 1);
            }
        }
    }

    /** Counts one that ended or did not open after all; once for each {@link #enter}. */
    public void leave(SubscribeRequest request) {
        Object address = address(request);
        Grant.Identity subject = subject(request);
        synchronized (this) {
            total--;
            if (address != null) {
                byAddress.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
            }
            if (subject != null) {
                bySubject.computeIfPresent(subject, (s, n) -> n == 1 ? null : n - 1);
            }
        }
    }

    /** How many addresses and subjects are remembered: for tests. */
    synchronized int remembered() {
        return byAddress.size() + bySubject.size();
    }

    /** Null when addresses are not counted. */
    private Object address(SubscribeRequest request) {
        return addressMax == 0 ? null : Caller.address(request.peer());
    }

    /**
     * Null when it is not counted: nobody in particular, a caller at this machine in dev mode, and the bearer of a
     * token that names nobody, which may be one for all visitors. A fresh token keeps the subject, so what the stream
     * opened with is what it is counted under to its end.
     */
    private Grant.Identity subject(SubscribeRequest request) {
        return subjectMax > 0 && request.grant().isNamed() ? request.grant().identity() : null;
    }

    private Refused refused(Refused.Reason reason, String whose, int open, int max, Setting<?> setting, Count count) {
        metrics.add(count);
        return Refused.because(reason, whose + open + " of at most " + max + " streams open (" + setting.fullKey()
            + ")");
    }
}
