package io.rivulet.hub.publish;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.log.Digest;
import io.rivulet.log.Lease;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.Receipt;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicSpace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes of a checked publication the form that the committer takes: private topics marked, durable or transient
 * decided, receipt written. The hub calls it on the publisher's thread, so that the committer has less to do. Any
 * thread.
 */
public final class PublishIntake {

    private final TopicList privates;
    private final TopicList transients;

    /**
     * As the settings say.
     *
     * @throws io.rivulet.config.BadSetting when one of their topics cannot be read
     */
    public PublishIntake(Settings settings, TopicSpace space) {
        privates = TopicList.of(settings, SettingsTable.PRIVATE_TOPICS, space);
        transients = TopicList.of(settings, SettingsTable.TRANSIENT_TOPICS, space);
    }

    /** The form that goes into the queue. */
    public PendingPublish take(Publication publication) {
        List<Event> events = new ArrayList<>(publication.events().size());
        boolean isTransient = true;
        for (Event event : publication.events()) {
            boolean isPrivate = privates.coversOne(event.topics())
                || Topic.isOneForOperators(event.topics());
            events.add(isPrivate ? event.asPrivate() : event);
            isTransient &= isTransient(event);
        }
        ProducerSeq producer = publication.producer();
        ProducerMark mark = producer == null ? null
            : new ProducerMark(producer(publication.grant().identity(), producer.id()), producer.epoch(),
                producer.seq(), events.size());
        PendingPublish pending = new PendingPublish(List.copyOf(events), receipt(publication, events), mark,
            producer != null && producer.inLines(), isTransient);
        pending.isOfNode = publication.isOfNode();
        return pending;
    }

    /** The key of a producer: hashed with issuer and subject, so that nobody can meet that of another. */
    public static Digest producer(Grant.Identity of, String id) {
        return Digest.of(utf8(of.issuer()), utf8(of.subject()), utf8("producer"), utf8(id));
    }

    /** The form of an event of the hub's own that asks for the end of a topic: it is kept as the topic is. */
    public PendingPublish cancel(String topic, boolean isPrivate) {
        Event event = Event.cancel(topic, isPrivate || privates.holds(topic));
        return new PendingPublish(List.of(event), null, isTransient(event));
    }

    /** The form of the end of a topic whose lease is over; it is kept as the topic is. */
    public PendingPublish abandon(Lease lease) {
        Event end = Event.on(lease.topic()).end(TopicEnd.ABANDONED)
            .markPrivate(lease.isPrivate() || privates.holds(lease.topic())).build();
        PendingPublish pending = new PendingPublish(List.of(end), null, isTransient(end));
        pending.endsLease = true;
        return pending;
    }

    /** An event is transient when all of its topics are. */
    private boolean isTransient(Event event) {
        for (String topic : event.topics()) {
            if (!transients.holds(topic) && !Topic.isForOperators(topic)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Key and content of an idempotent publish. The key is hashed with issuer and subject, so that nobody can meet the
     * key of another. The content covers every field of the events.
     */
    private static Receipt receipt(Publication publication, List<Event> events) {
        if (publication.idempotencyKey() == null) {
            return null;
        }
        Grant grant = publication.grant();
        Digest key = Digest.of(utf8(grant.issuer()), utf8(grant.subject()), utf8(publication.idempotencyKey()));
        List<byte[]> parts = new ArrayList<>();
        for (Event event : events) {
            parts.add(ByteBuffer.allocate(9).putInt(event.topics().size()).putInt(event.retryMs())
                .put((byte) ((event.isPrivate() ? 1 : 0) | (event.id() != null ? 2 : 0)
                    | (event.type() != null ? 4 : 0) | (event.end() != null ? 8 : 0))).array());
            event.topics().forEach(topic -> parts.add(utf8(topic)));
            parts.add(utf8(event.id() == null ? "" : event.id()));
            parts.add(utf8(event.type() == null ? "" : event.type()));
            parts.add(event.data());
        }
        return new Receipt(key, Digest.of(parts.toArray(byte[][]::new)), events.size());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
