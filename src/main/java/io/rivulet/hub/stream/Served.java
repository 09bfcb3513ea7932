package io.rivulet.hub.stream;

import io.rivulet.hub.resume.Portion;
import io.rivulet.hub.stream.feed.Feed;
import io.rivulet.hub.stream.feed.FillFeed;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Outcome;
import io.rivulet.hub.stream.feed.Round;

/**
 * What a stream that does not stay open has got: a poll, a look, or one with a greatest length. Its {@link Subscriber}
 * has it, and its shard's thread asks when it is over.
 *
 * <p>The hard thing is a look, for it is to show all that was answered before it. T1 publishes, and is answered. T2
 * looks, and its shard has yet to come to that event. So a look notes the newest event when it is placed, and is over
 * only when its shard has passed over that.
 */
final class Served {

    private final Portion portion;
    private long bytes;
    private boolean events;
    /** The ring's number of the newest event when it was placed. */
    private long newest;

    Served(Portion portion) {
        this.portion = portion;
    }

    /** Its place is known, and this is the ring's number of the newest event. */
    void placed(long head) {
        newest = head;
    }

    /** Bytes of the hub's own went out. */
    void told(int length) {
        bytes += length;
    }

    /** Events went out. */
    void got(int length) {
        bytes += length;
        events = true;
    }

    /**
     * Whether it has got its portion; all but a look never before an event, or a client would come back for ever.
     *
     * @param last what its feed said last
     */
    boolean isOver(Feed feed, Outcome last, Round round) {
        boolean isFull = events && portion.bytesMax() > 0 && bytes >= portion.bytesMax();
        boolean isLive = feed instanceof LiveFeed live && live.eventsHeld() == 0;
        if (portion.isLook()) {
            return isFull || isLive && !awaitsDispatch(feed, round);
        }
        return isFull || events && portion.isPoll() && !(feed instanceof FillFeed) && (last != Outcome.WRITE || isLive);
    }

    /** Whether it is a look, and live in a shard that has yet to pass over what was there before it. */
    boolean awaitsDispatch(Feed feed, Round round) {
        return portion.isLook() && feed instanceof LiveFeed && newest > round.dispatched();
    }
}
