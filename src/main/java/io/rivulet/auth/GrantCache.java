package io.rivulet.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What was verified a moment ago, by digest: thousands that come back at once with tokens they showed before cost no
 * thousands of signatures. Forgotten in generations, bounded by the length of the tokens. Failures are never kept. Any
 * thread.
 */
final class GrantCache {

    /** Characters of the tokens of one generation, of which there are two; a grant is of about its token's size. */
    private static final long WEIGHT_MAX = 4 << 20;
    /** What an entry counts beside. */
    private static final int ENTRY = 256;
    /** A key that is taken out of the settings of an issuer is believed no longer than this. */
    private static final long KEPT_MS = 60_000;

    /** {@code keys} is the generation of all keys at the time. */
    private record Entry(Grant grant, long untilMs, long keys) {
    }

    private record Pages(Map<String, Entry> young, Map<String, Entry> old, AtomicLong weight) {
    }

    private final AtomicReference<Pages> now =
        new AtomicReference<>(new Pages(new ConcurrentHashMap<>(), Map.of(), new AtomicLong()));

    /** What is known and still holds, or null. */
    Grant get(String digest, long nowMs, long keys) {
        Pages pages = now.get();
        Entry entry = pages.young.get(digest);
        if (entry == null) {
            entry = pages.old.get(digest);
        }
        return entry != null && nowMs < entry.untilMs && entry.keys == keys ? entry.grant : null;
    }

    /** Keeps it for a minute, never longer than the token lasts. */
    void put(String digest, int length, Grant grant, long nowMs, long keys) {
        Entry entry = new Entry(grant, Math.min(nowMs + KEPT_MS, grant.expiresMs()), keys);
        Pages pages = now.get();
        if (pages.young.put(digest, entry) == null && pages.weight.addAndGet(length + ENTRY) > WEIGHT_MAX) {
            // T1 and T2 both fill it: only one may turn the page, or the young one would be lost as well
            now.compareAndSet(pages, new Pages(new ConcurrentHashMap<>(), pages.young, new AtomicLong()));
        }
    }

    int size() {
        Pages pages = now.get();
        return pages.young.size() + pages.old.size();
    }
}
