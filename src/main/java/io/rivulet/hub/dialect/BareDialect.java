package io.rivulet.hub.dialect;

import io.rivulet.config.Settings;
import io.rivulet.event.EventFrame;
import io.rivulet.event.TopicEnd;
import io.rivulet.event.Variant;
import io.rivulet.topic.TopicSelection;

/**
 * Nothing but the publisher's events, for the URLs of other applications: their clients speak a protocol of their own
 * in Server-Sent Events, and would stumble over any event or time that is not of it. Any thread.
 *
 * <p>Comments stay: every reader of event streams passes over them, and without them a proxy takes a silent stream for
 * a dead one.
 */
public final class BareDialect extends QuietDialect {

    private static final byte[] COMMENT = {':', '\n'};

    private final boolean ids;
    private final boolean endsWithTopics;
    private final byte[] last;

    /**
     * The dialect of one response, or of several.
     *
     * @param ids            whether events have theirs, after which a client can resume
     * @param endsWithTopics whether the stream is over when its topics are
     * @param last           the data of one more event, behind that end; null for none
     */
    public BareDialect(boolean ids, boolean endsWithTopics, String last) {
        super(new PlainDialect());
        this.ids = ids;
        this.endsWithTopics = endsWithTopics;
        this.last = last == null ? COMMENT : EventFrame.bare(last);
    }

    @Override
    public byte[] prelude(long retryMs) {
        return COMMENT;
    }

    @Override
    public Variant variant(Settings settings) {
        return ids ? Variant.BARE : Variant.NAMELESS;
    }

    @Override
    public boolean endsWithTopics() {
        return endsWithTopics;
    }

    @Override
    public byte[] ended(TopicSelection topics, TopicEnd why, String id) {
        return last;
    }

    /** Never nothing at all: no bytes would be the last chunk of the response. */
    @Override
    public byte[] farewell(long retryMs) {
        return COMMENT;
    }
}
