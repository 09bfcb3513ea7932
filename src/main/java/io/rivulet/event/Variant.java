package io.rivulet.event;

/** How an event is written for a stream: fixed when the stream opens. Streams of one variant share their bytes. */
public enum Variant {
    /** As it is. */
    PLAIN,
    /** As it is; where an earlier event has the same id, the sealed place stands in the id's stead. */
    PLACED,
    /** For clients of Mercure 0.x: the hub's own events in their form of JSON-LD, without a type. */
    LEGACY,
    /** With a line {@code topics} for each topic that may be told, before the data. */
    TOPICS,
    /** As a line of JSON in place of the data, which also names the topics that may be told. */
    ENVELOPE,
    /** The same; data that is JSON stands in it as such, and not as text in quotes. */
    ENVELOPE_OF_JSON,
    /** As {@link #PLACED}, and nothing that the hub itself has to say of a topic. */
    BARE,
    /** The same, without an id. */
    NAMELESS;

    /** Whether an event is one array for all its streams; else its bytes depend on the topics that may be told. */
    public boolean isShared() {
        return this == PLAIN || this == PLACED || this == LEGACY;
    }

    /** Whether an event is rendered once for all its streams that may be told of all of its topics. */
    public boolean isKept() {
        return this != TOPICS && !isBare();
    }

    /** Whether it has the publisher's events alone. */
    boolean isBare() {
        return this == BARE || this == NAMELESS;
    }
}
