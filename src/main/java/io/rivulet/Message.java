package io.rivulet;

import io.rivulet.event.TopicEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An event that Java code publishes: {@code Message.on("orders/42", "{}").type("placed")}. Each method gives a new
 * message. Immutable, any thread. Its rules are checked when it is published.
 */
public final class Message {

    private final List<String> topics;
    private final String data;
    private final String type;
    private final String id;
    private final Duration retry;
    private final boolean isPrivate;
    private final TopicEnd end;
    private final Duration lease;

    private Message(List<String> topics, String data, String type, String id, Duration retry, boolean isPrivate,
                    TopicEnd end, Duration lease) {
        this.topics = topics;
        this.data = data;
        this.type = type;
        this.id = id;
        this.retry = retry;
        this.isPrivate = isPrivate;
        this.end = end;
        this.lease = lease;
    }

    /** Data for a topic. */
    public static Message on(String topic, String data) {
        return new Message(List.of(topic), Objects.requireNonNull(data), null, null, Duration.ZERO, false, null, null);
    }

    /** The same message for one more topic; the first one stays the canonical one. */
    public Message alsoOn(String topic) {
        List<String> more = new ArrayList<>(topics);
        more.add(topic);
        return new Message(List.copyOf(more), data, type, id, retry, isPrivate, end, lease);
    }

    /** The same message with a type, by which pages tell events apart ({@code addEventListener}). */
    public Message type(String name) {
        return new Message(topics, data, Objects.requireNonNull(name), id, retry, isPrivate, end, lease);
    }

    /** The same message with an id of yours instead of one of the hub's: printable ASCII without spaces at the ends. */
    public Message id(String own) {
        return new Message(topics, data, type, Objects.requireNonNull(own), retry, isPrivate, end, lease);
    }

    /** The same message; clients that get it live come back after so long when they lose their stream: 0.5 s to 1 h. */
    public Message retry(Duration time) {
        return new Message(topics, data, type, id, Objects.requireNonNull(time), isPrivate, end, lease);
    }

    /** The same message for those alone who have a right to one of its topics. */
    public Message asPrivate() {
        return new Message(topics, data, type, id, retry, true, end, lease);
    }

    /**
     * The same message, with which its topic ends: nothing is published there after it, and streams of this topic
     * alone end once they have it. Such a message has one topic; its data may be empty.
     */
    public Message ending() {
        return new Message(topics, data, type, id, retry, isPrivate, TopicEnd.FINISHED, lease);
    }

    /** The same, where the publisher gave up before it had said all. */
    Message abandoned() {
        return new Message(topics, data, type, id, retry, isPrivate, TopicEnd.ABANDONED, lease);
    }

    /**
     * The same message; its one topic ends as abandoned when nobody publishes to it for so long: 1 s to 24 h. It holds
     * for what comes later as well, and outlives a restart of the hub.
     */
    public Message lease(Duration silence) {
        return new Message(topics, data, type, id, retry, isPrivate, end, Objects.requireNonNull(silence));
    }

    /** The canonical topic first; at least one. */
    public List<String> topics() {
        return topics;
    }

    /** The data. */
    public String data() {
        return data;
    }

    /** The type, or null. */
    public String type() {
        return type;
    }

    /** The publisher's own id, or null. */
    public String id() {
        return id;
    }

    /** The reconnection time; zero for none. */
    public Duration retry() {
        return retry;
    }

    /** Whether only those see it who have a right to one of its topics. */
    public boolean isPrivate() {
        return isPrivate;
    }

    /** Whether its topic ends with it. */
    public boolean isEnd() {
        return end != null;
    }

    /** Why its topic ends with it, or null. */
    TopicEnd end() {
        return end;
    }

    /** The longest silence of its topic's publisher from now on; null for what the topic had before. */
    public Duration lease() {
        return lease;
    }

    /** The topics and the type; the data may be anybody's secret. */
    @Override
    public String toString() {
        return "Message[topics=" + topics + ", type=" + type + ", id=" + id + ", " + data.length() + " characters]";
    }
}
