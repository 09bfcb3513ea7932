package io.rivulet.event;

/** How one stream is spoken to. The order, the ids and the rights are the same in all of them. */
public enum Dialect {
    /** {@code /api/updates}: with the hub's own events, whose types begin {@code rivulet.}. */
    RIVULET,
    /** Mercure 1.0: {@code match…} at the protocol's own path, and only what the protocol knows. */
    MERCURE,
    /** Mercure 0.x: {@code topic} at the protocol's own path; JSON-LD. */
    LEGACY;

    /** Whether events of the hub's own may be sent. */
    public boolean controls() {
        return this == RIVULET;
    }
}
