package io.rivulet.event;

/** How an event is written for a stream: fixed when the stream opens. Streams of one variant share their bytes. */
public enum Variant {
    /** As it is. */
    PLAIN,
    /** For clients of Mercure 0.x: the hub's own events in their form of JSON-LD, without a type. */
    LEGACY,
    /** With a line {@code topics} for each topic that may be told, before the data. */
    TOPICS;

    /** Whether an event is one array for all its streams; else it is rendered each time, for these topics. */
    public boolean isShared() {
        return this != TOPICS;
    }
}
