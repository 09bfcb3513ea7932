package io.rivulet.event;

import java.util.Locale;

/**
 * Why a topic ended. The event that ends it says so ({@link Event#end}), the log keeps it, and streams tell it.
 * Immutable, any thread.
 */
public enum TopicEnd {
    /** Its publisher said that it was over. */
    FINISHED,
    /** Somebody asked for its end, and its publisher then ended it. */
    CANCELLED,
    /** Its publisher was silent for too long, and the hub ended it. */
    ABANDONED;

    private static final TopicEnd[] ALL = values();

    /** The word for it on the wire and in an export. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The end with this word, or null. */
    public static TopicEnd of(String word) {
        for (TopicEnd end : ALL) {
            if (end.word().equals(word)) {
                return end;
            }
        }
        return null;
    }
}
