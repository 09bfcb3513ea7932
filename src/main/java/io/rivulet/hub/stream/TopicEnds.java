package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.tail.AllEnded;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.topic.TopicSelection;

/**
 * Finds out when a stream is over because all topics that it asked for have ended. Its {@link Shard} tells of streams
 * that were placed and of ends that were dispatched, on its thread; a reader thread asks the log.
 *
 * <p>Of a stream with a topic that has ended a number is kept ({@link KnownEnds}): its first topic that has not, as far
 * as is known. Only the end of that topic makes the shard look on, from there and in memory alone. So ten thousand
 * topics that end one by one cost ten thousand looks. When no topic is left the log is asked for all of them, for
 * memory says "perhaps" only.
 *
 * <p>The hard thing is an end that comes while that question is under way. T1 (a reader) finds the topic open, T2 (the
 * committer) ends it, T3 (the shard) dispatches the end, and T1's answer comes last: nobody would ask again. So the
 * shard notes that an end came meanwhile, and asks once more.
 */
final class TopicEnds {

    private final Readers readers;
    private final EndedTopics ended;
    private final ShardStreams streams;
    private final StreamOwner<Subscriber> shard;

    TopicEnds(Readers readers, EndedTopics ended, ShardStreams streams, StreamOwner<Subscriber> shard) {
        this.readers = readers;
        this.ended = ended;
        this.streams = streams;
        this.shard = shard;
    }

    private static boolean canEnd(Subscriber s) {
        return s.request().dialect().endsWithTopics() && AllEnded.canBe(s.topics());
    }

    /**
     * The stream is where it hears of ends from now on, may see more, or asks for other topics: the earlier ends are
     * looked for.
     */
    void placed(Subscriber s) {
        if (s.isEnded() || ended.isEmpty() || s.feed() == null) {
            return;
        }
        if (!canEnd(s)) {
            streams.forgetEnds(s);
        } else if (s.hasEnds() || AllEnded.firstOpen(ended, s.topics(), 0) == s.topics().matchers().size()) {
            KnownEnds known = streams.ends(s);
            known.open = 0;
            known.last = null;
            look(s);
        }
    }

    /** This event was offered to the streams: if its topic ends with it, they hear of that. */
    void offered(EventFrame frame) {
        if (frame.end() != null) {
            String topic = frame.topics().get(0);
            streams.forEachNamer(topic, s -> ended(s, topic)); // one with a pattern never ends
        }
    }

    private void ended(Subscriber s, String topic) {
        if (canEnd(s)) {
            boolean isFirst = !s.hasEnds(); // then nobody has looked at the others
            KnownEnds known = streams.ends(s);
            if (isFirst || known.isAsking || s.topics().matchers().get(known.open).text().equals(topic)) {
                look(s);
            }
        }
    }

    /** Whether a stream has got all up to the last end of its topics. */
    boolean isOver(Subscriber s, Position dispatched) {
        TopicMark last = streams.ends(s).last;
        return last != null && s.feed() instanceof LiveFeed live && live.eventsHeld() == 0
            && !(last.place().isAfter(dispatched) && last.place().isAfter(s.cursor().seen()));
    }

    /** Whether a poll that has got all there is may get the end as well: it waits for the answer about its topics. */
    boolean awaits(Subscriber s) {
        KnownEnds known = s.hasEnds() && s.request().portion().isPoll() ? streams.ends(s) : null;
        return known != null && (known.isAsking || known.last != null);
    }

    private void look(Subscriber s) {
        KnownEnds known = streams.ends(s);
        if (known.isAsking) {
            known.askAgain = true;
            return;
        }
        int open = AllEnded.firstOpen(ended, s.topics(), known.open);
        if (open < s.topics().matchers().size()) {
            known.open = open;
            return;
        }
        known.isAsking = true;
        Grant grant = s.grant();
        TopicSelection topics = s.topics();
        readers.submit(s, work -> {
            AllEnded answer = AllEnded.ask(ended, topics, grant, work);
            shard.post(s, () -> answered(s, known, answer));
        });
    }

    private void answered(Subscriber s, KnownEnds known, AllEnded answer) {
        if (s.isEnded() || !s.hasEnds() || streams.ends(s) != known) {
            return; // it asks for other topics now
        }
        boolean again = known.askAgain;
        known.isAsking = false;
        known.askAgain = false;
        if (again) {
            known.open = 0;
            look(s);
        } else if (answer.last() == null) {
            known.open = answer.open();
        } else {
            known.last = answer.last();
        }
        if (!known.isAsking) {
            shard.serve(s); // also where it goes on: a poll may have waited for this
        }
    }
}
