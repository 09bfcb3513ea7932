package io.rivulet.hub.dialect;

import io.rivulet.auth.Grant;
import io.rivulet.event.TopicEnd;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The hub's own dialect without events of its own, for {@code hello=false} at {@code /api/updates}. Any thread.
 *
 * <p>It is for programs that take each event for a published one, such as a pipe to {@code grep}: the first event of a
 * plain stream has the stream's secret in it. A loss is told in a comment, and the stream goes on.
 */
public class QuietDialect extends PlainDialect {

    /** Published events are written as that one writes them. */
    public QuietDialect(PlainDialect like) {
        super(like);
    }

    @Override
    public byte[] hello(String connection, Supplier<String> secret, Grant grant, TopicSelection topics, Start start) {
        return null;
    }

    /** A comment, without a blank line: many clients make an empty event of one. */
    @Override
    public byte[] gap(boolean isTransient, Long missed, String id) {
        String what = (isTransient ? " transient" : "") + (missed == null ? "" : " missed=" + missed);
        return (": rivulet.gap" + what + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] topics(TopicSelection topics, String id) {
        return null;
    }

    @Override
    public byte[] expiring(String connection, long untilMs) {
        return null;
    }

    /** A comment, as for a loss: the end of the response alone could be a cut. */
    @Override
    public byte[] ended(TopicSelection topics, TopicEnd why, String id) {
        return (": rivulet.end reason=" + why.word() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] cursor(String id) {
        return null;
    }
}
