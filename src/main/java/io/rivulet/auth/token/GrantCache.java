package io.rivulet.auth.token;

import io.rivulet.auth.Grant;
import io.rivulet.topic.BoundedCache;

/**
 * What was verified a moment ago, by digest: thousands that come back at once with tokens they showed before cost no
 * thousands of signatures. Bounded by the length of the tokens. Failures are never kept. Any thread.
 */
final class GrantCache {

    /** Characters of the tokens of one generation, of which there are two; a grant is of about its token's size. */
    private static final long WEIGHT_MAX = 4 << 20;
    /** What an entry counts beside its digest and its token. */
    private static final int ENTRY = 160;
    /** A key that is taken out of the settings of an issuer is believed no longer than this. */
    private static final long KEPT_MS = 60_000;

    /** {@code length} is that of the token, {@code keys} the generation of all keys at the time. */
    private record Entry(Grant grant, int length, long untilMs, long keys) {
    }

    private final BoundedCache<Entry> known = new BoundedCache<>(WEIGHT_MAX, entry -> entry.length + ENTRY);

    /** What is known and still holds, or null. */
    Grant get(String digest, long nowMs, long keys) {
        Entry entry = known.get(digest);
        return entry != null && nowMs < entry.untilMs && entry.keys == keys ? entry.grant : null;
    }

    /** Keeps it for a minute, never longer than the token lasts. */
    void put(String digest, int length, Grant grant, long nowMs, long keys) {
        known.put(digest, new Entry(grant, length, Math.min(nowMs + KEPT_MS, grant.expiresMs()), keys));
    }

    int size() {
        return known.size();
    }
}
