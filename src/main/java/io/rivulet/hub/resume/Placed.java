package io.rivulet.hub.resume;

/**
 * Where a stream will begin: looked up before the response's headers are sent, since Mercure tells it there. Holds no
 * place in any line and counts for no limit: one that is never used costs nothing. Immutable, any thread.
 */
public final class Placed {

    private final StartPoint start;
    private final boolean damageTold;
    private final String lastEventId;

    public Placed(StartPoint start, boolean damageTold, String lastEventId) {
        this.start = start;
        this.damageTold = damageTold;
        this.lastEventId = lastEventId;
    }

    public StartPoint start() {
        return start;
    }

    public boolean damageTold() {
        return damageTold;
    }

    /**
     * What the response says to a request that carried a cursor, in the header of its dialect; null where the dialect
     * has none.
     */
    public String lastEventId() {
        return lastEventId;
    }
}
