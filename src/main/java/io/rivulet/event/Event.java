package io.rivulet.event;

import io.rivulet.heap.HeapBytes;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An event as it is published. The doors and the feeds build it, the log keeps it. Immutable, any thread: the data
 * array belongs to the event.
 *
 * <p>An event that exists is safe on the wire: no CR, LF or NUL in a field that is one line, data in valid UTF-8. The
 * builder alone checks this, so nothing behind it has to. Limits of size are the hub's to check.
 */
public final class Event {

    /** The least and greatest {@code retry} that reaches a client, in milliseconds. */
    public static final int RETRY_MIN_MS = 500;
    /** See {@link #RETRY_MIN_MS}. */
    public static final int RETRY_MAX_MS = 3_600_000;
    /** The shortest and the longest silence of a publisher that ends a topic, in milliseconds. */
    public static final int LEASE_MIN_MS = 1_000;
    /** See {@link #LEASE_MIN_MS}. */
    public static final int LEASE_MAX_MS = 86_400_000;
    /** The type of {@link #cancel}. */
    private static final String CANCEL_TYPE = "rivulet.cancel";

    private final List<String> topics;
    private final byte[] data;
    private final boolean isPrivate;
    private final String id;
    private final String type;
    private final int retryMs;
    private final byte[] legacyData;
    private final boolean repeatsId;
    private final TopicEnd end;
    private final boolean cancels;
    private final int leaseMs;

    private Event(Builder b) {
        topics = b.topics == null ? List.of() : List.copyOf(b.topics);
        data = b.data;
        isPrivate = b.isPrivate;
        id = b.id;
        type = b.type;
        retryMs = b.retryMs;
        legacyData = b.legacyData;
        repeatsId = b.repeatsId;
        end = b.end;
        cancels = b.cancels;
        leaseMs = b.leaseMs;
    }

    private Event checked() {
        if (topics.isEmpty()) {
            throw Refused.malformed("the event has no topic");
        }
        if (end != null && topics.size() > 1) {
            throw Refused.malformed("the event has end and " + topics.size() + " topics; an end is of exactly one"
                + " topic, since each ends by itself");
        }
        if (leaseMs > 0 && topics.size() > 1) {
            throw Refused.malformed("the event has a lease and " + topics.size() + " topics; a lease is of exactly one"
                + " topic, which ends when it is over");
        }
        for (String topic : topics) {
            Topic.check(topic, Integer.MAX_VALUE);
        }
        if (id != null) {
            checkId(id);
        }
        if (type != null) {
            checkLine("type", type);
        }
        checkUtf8(data);
        return this;
    }

    /** An event for this topic; further ones by {@link Builder#topic}. */
    public static Builder on(String topic) {
        return new Builder().topic(topic);
    }

    /** An event of the hub's own that nobody gets, since it has no topic: it takes a position in the order. */
    public static Event mark() {
        return new Builder().type("mercure").markPrivate(true).legacyData("").restored();
    }

    /** An event of the hub's own that asks the publisher of this topic to end it. */
    public static Event cancel(String topic, boolean isPrivate) {
        Builder b = on(topic).type(CANCEL_TYPE).data("{}").markPrivate(isPrivate);
        b.cancels = true;
        return b.build();
    }

    /** An event without a topic yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** The canonical topic first, then the alternates; at least one. */
    public List<String> topics() {
        return topics;
    }

    /** The data in UTF-8, as it was given; not to be changed. */
    public byte[] data() {
        return data;
    }

    /** Whether only those with a grant for one of its topics may see it. */
    public boolean isPrivate() {
        return isPrivate;
    }

    /** The publisher's id, or null: then the hub seals one. */
    public String id() {
        return id;
    }

    /** The event's type, or null: clients then see {@code message}. */
    public String type() {
        return type;
    }

    /** The reconnection time for clients in milliseconds, or 0 for none; sent live only. */
    public int retryMs() {
        return retryMs;
    }

    /** The twin that clients of Mercure 0.x get instead, without the type; null but for events of the hub's own. */
    public byte[] legacyData() {
        return legacyData;
    }

    /** The data as text. */
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    /** Whether an earlier event has the same id, so that the id does not tell which of them a client has got. */
    public boolean repeatsId() {
        return repeatsId;
    }

    /** Why its one topic ends with it; null when it does not, as mostly. */
    public TopicEnd end() {
        return end;
    }

    /** Whether it asks its topic's publisher to end: made by the hub itself, see {@link #cancel}. */
    public boolean isCancel() {
        return cancels;
    }

    /** Whether it changes the state of its topic: it ends it, or asks for the end. */
    public boolean isMark() {
        return end != null || cancels;
    }

    /**
     * After how many milliseconds without an event its one topic ends, from this event on; 0 for what the topic had
     * before. The log does not keep it: the hub has a list of all leases.
     */
    public int leaseMs() {
        return leaseMs;
    }

    /** Whether it shows nothing to a reader: the end of a topic, and no word beside. */
    boolean isBareEnd() {
        return end != null && data.length == 0 && type == null;
    }

    /** The same event, with its topic ended for this reason. */
    public Event asEnd(TopicEnd why) {
        return end == why ? this : copy().end(why).restored();
    }

    /** The same event, private. */
    public Event asPrivate() {
        return isPrivate ? this : copy().markPrivate(true).restored();
    }

    /** The same event; an earlier one has its id. */
    public Event asRepeated() {
        return repeatsId ? this : copy().repeatsId(true).restored();
    }

    private Builder copy() {
        Builder b = new Builder().data(data).id(id).type(type).markPrivate(isPrivate).repeatsId(repeatsId)
            .end(end).cancels(cancels);
        b.leaseMs = leaseMs;
        b.topics = topics;
        b.retryMs = retryMs;
        b.legacyData = legacyData;
        return b;
    }

    /**
     * Bytes it takes in memory, about. A topic of one character takes 52: with fewer counted, events of a hundred such
     * topics would fill three times the memory that the tail, the cache of the log and the publish queue are allowed.
     */
    public int weight() {
        return 64 + data.length + (legacyData == null ? 0 : 2 * legacyData.length)
            + (int) HeapBytes.strings(topics);
    }

    /** Printable ASCII without spaces at its ends: others leave some clients unable ever to reconnect. */
    private static void checkId(String id) {
        if (id.isEmpty()) {
            throw Refused.malformed("the id is empty; leave it out and the hub gives one");
        }
        if (id.equals("earliest") || id.startsWith("#")) {
            throw Refused.malformed("the id \"" + id.substring(0, Math.min(id.length(), 16))
                + "\" is reserved: it must not be earliest and must not begin with #");
        }
        checkLine("id", id);
    }

    private static void checkLine(String field, String value) {
        int at = Topic.firstHidden(value);
        if (at >= 0) {
            throw Refused.malformed("the " + field + " holds the character " + Topic.name(value.codePointAt(at))
                + " at index " + at + "; control and invisible format characters are not allowed");
        }
    }

    private static void checkUtf8(byte[] data) {
        for (byte b : data) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data));
                } catch (CharacterCodingException e) {
                    throw Refused.malformed("the data is no valid UTF-8 (" + data.length + " bytes)");
                }
                return;
            }
        }
    }

    /** Collects the fields; the rules are checked in {@link #build()}. Not for several threads. */
    public static final class Builder {
        private static final byte[] NONE = {};
        /** Null while there is none; an immutable list where all were given at once. */
        private List<String> topics;
        private byte[] data = NONE;
        private boolean isPrivate;
        private String id;
        private String type;
        private int retryMs;
        private byte[] legacyData;
        private boolean repeatsId;
        private TopicEnd end;
        private boolean cancels;
        private int leaseMs;

        private Builder() {
        }

        /** One more topic; the first is the canonical one. */
        public Builder topic(String topic) {
            if (!(topics instanceof ArrayList)) {
                topics = topics == null ? new ArrayList<>(1) : new ArrayList<>(topics);
            }
            topics.add(topic);
            return this;
        }

        /** All topics at once, in place of those before; an immutable list is taken as it is. */
        public Builder topics(List<String> all) {
            topics = List.copyOf(all);
            return this;
        }

        /** The data in UTF-8; the array belongs to the event from here on. */
        public Builder data(byte[] utf8) {
            this.data = utf8;
            return this;
        }

        /** The data that clients of Mercure 0.x get instead: for events that the hub makes itself. */
        public Builder legacyData(String text) {
            legacyData = text.getBytes(StandardCharsets.UTF_8);
            return this;
        }

        /** The data as text. */
        public Builder data(String text) {
            return data(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The publisher's id; null for one of the hub's. */
        public Builder id(String id) {
            this.id = id;
            return this;
        }

        /** The type; null or empty for none. */
        public Builder type(String type) {
            this.type = type == null || type.isEmpty() ? null : type;
            return this;
        }

        /** Milliseconds until clients reconnect, clamped to 500..3,600,000; 0 for none. */
        public Builder retryMs(long retryMs) {
            this.retryMs = retryMs <= 0 ? 0 : (int) Math.max(RETRY_MIN_MS, Math.min(RETRY_MAX_MS, retryMs));
            return this;
        }

        /** Whether only those with a grant may see it. */
        public Builder markPrivate(boolean isPrivate) {
            this.isPrivate = isPrivate;
            return this;
        }

        /** Whether an earlier event has the same id: the committer alone knows. */
        public Builder repeatsId(boolean does) {
            repeatsId = does;
            return this;
        }

        /** Its one topic ends with it, for this reason; null for no end. */
        public Builder end(TopicEnd why) {
            end = why;
            return this;
        }

        /**
         * After so long without an event its one topic ends; null for what the topic had before.
         *
         * @throws Refused when it is too short or too long
         */
        public Builder lease(Duration silence) {
            if (silence != null && (silence.compareTo(Duration.ofMillis(LEASE_MIN_MS)) < 0
                || silence.compareTo(Duration.ofMillis(LEASE_MAX_MS)) > 0)) {
                throw Refused.malformed("the lease is of " + silence.toMillis() + " ms; it must be of " + LEASE_MIN_MS
                    + " ms to " + Duration.ofMillis(LEASE_MAX_MS).toHours() + " hours");
            }
            leaseMs = silence == null ? 0 : (int) silence.toMillis();
            return this;
        }

        /** Whether it is a {@link Event#cancel}: the log alone restores one. */
        public Builder cancels(boolean does) {
            cancels = does;
            return this;
        }

        /**
         * The event.
         *
         * @throws Refused when a field breaks a rule; the message names it
         */
        public Event build() {
            return new Event(this).checked();
        }

        /** An event that was checked before it was stored, and whose bytes were compared with their checksum. */
        public Event restored() {
            return new Event(this);
        }
    }
}
