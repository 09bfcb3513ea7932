package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.util.function.UnaryOperator;

/**
 * How a stream goes on with a fresh grant or with other topics. The {@link Shard} asks it, on its thread, and then has
 * the stream's feed examine again what it holds.
 *
 * <p>The hard thing is that other topics must be exact: from one place on, every event of an added topic and none of a
 * removed one. T1 (a container) asks for it while T2 (the committer) puts events into the ring. T3 (the shard) changes
 * the stream between two of its rounds, so each event is either dispatched by then or not. One that is not will be
 * offered by the index as it is then. One that is was offered by the old topics, and if it has not been written, the
 * stream falls behind to the place before it and examines it by the new ones. That place is what {@code rivulet.topics}
 * tells.
 *
 * <p>The stream is told when its socket takes something, and not before: so somebody who changes a stream that nobody
 * reads, again and again, makes it hold one note and not a thousand events.
 *
 * <p>What is counted for a stream and what it holds are one, also where an error comes between: else it would give back
 * something else when it ends. So the step from one to the other is tried until it is done.
 */
final class StreamChange {

    private static final int TRIES = 6;

    private final ShardSetup setup;
    private final TailRing ring;
    private final ShardStreams streams;
    private final Round round;
    private final UnsentBytes unsent;

    StreamChange(ShardSetup setup, ShardStreams streams, Round round, UnsentBytes unsent) {
        this.setup = setup;
        this.ring = setup.sources().ring();
        this.streams = streams;
        this.round = round;
        this.unsent = unsent;
    }

    /**
     * A fresh grant counts from now on.
     *
     * @throws Refused when the stream ends, its reader is banned, or there is no room; the stream stays as it is
     */
    void renew(Subscriber s, Grant fresh) {
        if (s.isEnded() || s.isEnding()) {
            throw ended();
        }
        if (setup.banned().test(fresh)) {
            throw Refused.because(Refused.Reason.BANNED, "this subject or token is banned");
        }
        setup.accounts().renewing(s, fresh);
        boolean done = false;
        for (int tries = 0; !done && tries < TRIES; tries++) {
            try {
                s.renew(fresh);
                done = true;
            } catch (RuntimeException | Error e) {
                continue; // the stack has no room for one more call now
            }
        }
    }

    private static Refused ended() {
        return Refused.because(Refused.Reason.NOT_FOUND, "the stream has ended meanwhile");
    }

    /**
     * The stream asks for others from now on; it is told before its next event.
     *
     * <p>T1 and T2 (two tabs of a browser) each add a topic. Both wishes are applied here, one after the other, to what
     * the stream then has: so neither undoes the other.
     *
     * @throws Refused when it ends, the wish cannot be granted, or there is no room; the stream stays as it is
     */
    void ask(Subscriber s, UnaryOperator<TopicSelection> wish) {
        if (s.feed() == null) { // it opens or ends: nobody has its secret yet, or it is of no use any more
            throw ended();
        }
        TopicSelection changed = wish.apply(s.topics());
        if (!changed.matchers().equals(s.topics().matchers())) {
            replace(s, s.request().asking(changed));
        }
        s.topicsToTell(true);
    }

    private void replace(Subscriber s, SubscribeRequest changed) {
        streams.unindex(s); // by the topics that it was put in with
        try {
            setup.accounts().changing(s, changed);
        } catch (Refused refusal) {
            index(s);
            throw refusal;
        }
        boolean done = false;
        for (int tries = 0; !done && tries < TRIES; tries++) {
            try {
                s.change(changed);
                done = true;
            } catch (RuntimeException | Error e) {
                continue; // as above
            }
        }
        setup.accounts().changed(s);
        s.watched().changed(changed.topics(), s.grant(), setup.names()::nextUrn);
        index(s);
    }

    private void index(Subscriber s) {
        streams.index(s);
        streams.watches(s, s.watched().watches());
    }

    /** Tells the stream, whose outlet is ready, what it asks for and from which place on. */
    void tell(Subscriber s) {
        s.topicsToTell(false);
        if (s.feed() instanceof LiveFeed live) {
            s.cursor().examined(live.toldUpTo(round.place()));
        }
        long next = ring.after(s.cursor().seen());
        // far behind only the log could tell; the client then keeps the id that it has, which lies before that place
        String id = next < 0 ? null : ring.idBefore(next);
        byte[] told = s.request().dialect().topics(s.topics(), id);
        if (told != null) {
            if (id != null) {
                s.cursor().saying(s.cursor().seen());
                s.cursor().hasId(round, s.cursor().seen());
            }
            unsent.write(s, told);
        }
    }
}
