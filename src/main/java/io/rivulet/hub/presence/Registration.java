package io.rivulet.hub.presence;

import io.rivulet.auth.Grant;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.List;

/**
 * The active subscriptions of one connection: one for each matcher, all under one name. {@link Presence} lists it, and
 * {@link PresenceTeller} notes in it how much was told.
 *
 * <p>It keeps the grant that the stream began with, so that the end of a subscription says the same as its beginning.
 */
public final class Registration {

    /** Names the connection to others. */
    final String subscriber;
    private final TopicSelection topics;
    private final Grant grant;
    /** Of a connection at another node, as that told them; null of one that is here. */
    private final List<ActiveSubscription> elsewhere;

    /** The connection has ended. Written by its shard. */
    volatile boolean over;
    /** How many of the beginnings, and of the ends, were told. The teller's thread only. */
    int begunTold;
    int endedTold;
    /** It had more to tell than its turn took, and went behind the others. The teller's thread only. */
    boolean waits;

    Registration(String subscriber, TopicSelection topics, Grant grant) {
        this.subscriber = subscriber;
        this.topics = topics;
        this.grant = grant;
        elsewhere = null;
    }

    /** A connection at another node, which has at least one subscription. */
    Registration(String subscriber, List<ActiveSubscription> elsewhere) {
        this.subscriber = subscriber;
        topics = null;
        grant = null;
        this.elsewhere = elsewhere;
    }

    boolean isHere() {
        return elsewhere == null;
    }

    /** The topics that its stream asked for. */
    TopicSelection topics() {
        return topics;
    }

    /** What it keeps alive while it waits to be told, in KiB. */
    int kib() {
        return elsewhere == null ? topics.loadKib() : (int) (elsewhere.stream().mapToLong(one -> one.text().length()
            + (one.payload() == null ? 0 : one.payload().length())).sum() >> 10);
    }

    /** Whether there is nothing to tell of it for now. */
    boolean isTold() {
        return over ? endedTold >= begunTold : begunTold >= size();
    }

    int size() {
        return elsewhere == null ? topics.matchers().size() : elsewhere.size();
    }

    ActiveSubscription get(int i) {
        if (elsewhere != null) {
            return elsewhere.get(i);
        }
        TopicMatcher matcher = topics.matchers().get(i);
        return new ActiveSubscription(subscriber, matcher, grant.payload(matcher.text()));
    }
}
