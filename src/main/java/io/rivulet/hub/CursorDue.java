package io.rivulet.hub;

/**
 * When the id that a silent client holds has become old: an eighth of retention has passed since. Then it gets a fresh
 * one by {@code rivulet.cursor}, so that it can still resume after the history behind its old id is trimmed.
 *
 * @param bytes  appended since, at which it is due
 * @param ageMs  passed since, at which it is due
 * @param events appended since, at which it is due
 */
record CursorDue(long bytes, long ageMs, long events) {

    private static final int SHARE = 8;

    static CursorDue of(long retainBytes, long retainAgeMs, int retainEvents) {
        return new CursorDue(retainBytes / SHARE, retainAgeMs / SHARE,
            retainEvents == 0 ? Long.MAX_VALUE : Math.max(1, retainEvents / SHARE));
    }

    boolean isDue(Subscriber s, long bytesAppended, long nowMs, long durable) {
        return bytesAppended - s.idBytes >= bytes || durable - s.idDurable >= events
            || nowMs - s.idMs >= ageMs && durable > s.idDurable;
    }
}
