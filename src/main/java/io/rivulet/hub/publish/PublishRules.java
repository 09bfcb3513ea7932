package io.rivulet.hub.publish;

import static io.rivulet.refusal.Refused.Reason.FORBIDDEN;
import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.auth.Grant;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicSpace;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules for publishers, whatever the door: rights, limits, and the topics and types that the protocol keeps for
 * itself. The hub checks each publication. Pure, any thread.
 *
 * <p>{@link Event} itself has checked before which characters a field may hold.
 */
public final class PublishRules {

    private static final int SHOWN_MAX = 100;
    /** Of one {@code char}. */
    private static final int UTF_8_BYTES_MAX = 3;

    private final TopicSpace space;
    private final int batchMax;
    private final long dataBytesMax;
    private final int topicsMax;
    private final int topicBytesMax;
    private final int idBytesMax;

    /** The limits of these settings, and the topics of this hub. */
    public PublishRules(Settings settings, TopicSpace space) {
        this.space = space;
        batchMax = settings.get(SettingsTable.BATCH_MAX);
        dataBytesMax = settings.get(SettingsTable.BODY_MAX);
        topicsMax = settings.get(SettingsTable.TOPICS_MAX);
        topicBytesMax = settings.get(SettingsTable.TOPIC_BYTES_MAX);
        idBytesMax = settings.get(SettingsTable.ID_BYTES_MAX);
    }

    /**
     * Checks all of a publication.
     *
     * @throws Refused naming the first rule that is broken and, in a batch, the event's number from 1
     */
    public void check(Publication publication) {
        List<Event> events = publication.events();
        if (events.isEmpty()) {
            throw Refused.malformed("the batch holds no event");
        }
        if (events.size() > batchMax) {
            throw Refused.because(TOO_LARGE, "the batch holds " + events.size() + " events; at most " + batchMax
                + " are allowed (" + SettingsTable.BATCH_MAX.fullKey() + ")");
        }
        for (int i = 0; i < events.size(); i++) {
            try {
                check(events.get(i), publication);
            } catch (Refused refused) {
                throw events.size() == 1 ? refused
                    : Refused.because(refused.reason(), "event " + (i + 1) + ": " + refused.getMessage());
            }
        }
        if (events.size() > 1) {
            checkEnds(events);
        }
    }

    /** A batch is published whole: behind the end of a topic in it no event of that topic can follow. */
    private static void checkEnds(List<Event> events) {
        Map<String, Integer> ends = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            for (String topic : events.get(i).topics()) {
                Integer end = ends.get(topic);
                if (end != null) {
                    throw Refused.malformed("event " + (i + 1) + " is of the topic " + shown(topic) + ", which event "
                        + (end + 1) + " of the same batch ends");
                }
            }
            if (events.get(i).end() != null) {
                ends.put(events.get(i).topics().get(0), i);
            }
        }
    }

    /** Checks the event before the grant: a reserved topic is refused whatever the token (PUB-05). */
    private void check(Event event, Publication publication) {
        if (event.topics().size() > topicsMax) {
            throw Refused.because(TOO_LARGE, "the event has " + event.topics().size() + " topics; at most "
                + topicsMax + " are allowed (" + SettingsTable.TOPICS_MAX.fullKey() + ")");
        }
        for (String topic : event.topics()) {
            checkLength("a topic", topic, topicBytesMax, SettingsTable.TOPIC_BYTES_MAX);
            checkReserved(topic, publication.grant());
        }
        if (event.data().length > dataBytesMax && !Topic.isOneForOperators(event.topics())) { // bounded by themselves
            throw Refused.because(TOO_LARGE, "the data has " + event.data().length + " bytes; at most "
                + dataBytesMax + " are allowed (" + SettingsTable.BODY_MAX.fullKey() + ")");
        }
        checkLength("the id", event.id(), idBytesMax, SettingsTable.ID_BYTES_MAX);
        checkLength("the type", event.type(), idBytesMax, SettingsTable.ID_BYTES_MAX);
        checkType(event.type());
        checkGrant(event, publication.grant());
    }

    /** Checks a topic whose end is asked for; the caller's right to that was checked before. */
    public void checkTopic(String topic, Grant grant) {
        Topic.check(topic, topicBytesMax);
        checkReserved(topic, grant);
    }

    private static void checkLength(String field, String value, int bytesMax, Setting<?> limit) {
        if (value == null || value.length() <= bytesMax / UTF_8_BYTES_MAX) {
            return; // whatever it holds
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            throw Refused.because(TOO_LARGE, field + " has " + bytes + " bytes; at most " + bytesMax
                + " are allowed (" + limit.fullKey() + ")");
        }
    }

    private void checkReserved(String topic, Grant grant) {
        if (grant.legacy() && topic.contains(Topic.HUB_PATH)) { // wherever it stands (OLD-04)
            throw Refused.because(FORBIDDEN, "a token of Mercure 0.x may not publish to a topic that contains "
                + Topic.HUB_PATH + ": " + shown(topic));
        }
        if (Topic.isForOperators(topic) && grant != Grant.INTERNAL) { // code in the same JVM has no other
            throw Refused.because(FORBIDDEN, "topics that begin with " + Topic.OPERATORS + " are the hub's own: "
                + shown(topic));
        }
        if (space.isReserved(topic)) {
            throw Refused.malformed("a topic lies in the namespace that Mercure keeps for itself, "
                + Topic.HUB_PATH + ", once it is resolved against the hub's URL: " + shown(topic));
        }
    }

    /** Every topic must be granted (PUB-16). */
    private static void checkGrant(Event event, Grant grant) {
        if (grant.mayPublish(event.topics())) {
            return;
        }
        for (String topic : event.topics()) {
            if (!grant.publishes().covers(topic)) {
                throw Refused.because(FORBIDDEN, "this caller may not publish to " + shown(topic)
                    + "; the rights must cover every topic of the event");
            }
        }
    }

    private static String shown(String topic) {
        return Printable.cut(topic, SHOWN_MAX);
    }

    private static void checkType(String type) {
        if (type != null && (type.equals("mercure") || type.startsWith("rivulet."))) {
            throw Refused.malformed("the type \"" + type + "\" is reserved: mercure and all that begin with rivulet. "
                + "belong to the protocol and the hub");
        }
    }
}
