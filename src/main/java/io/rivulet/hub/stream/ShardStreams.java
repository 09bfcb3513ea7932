package io.rivulet.hub.stream;

import io.rivulet.topic.TopicIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The streams of one shard, in a list and in the index of their topics. The shard's thread alone uses it; only the
 * count is for any thread.
 *
 * <p>Each stream knows its slot in the list, so that one of many thousands is removed without a search.
 */
final class ShardStreams {

    private final TopicIndex<Subscriber> index = new TopicIndex<>();
    private final List<Subscriber> streams = new ArrayList<>();
    private final AtomicInteger assigned = new AtomicInteger();

    /** Streams it has or is about to have: counted when they are given to it, so that a burst spreads evenly. */
    AtomicInteger assigned() {
        return assigned;
    }

    /** All that have begun. When one is removed, the last one moves into its slot. */
    List<Subscriber> list() {
        return streams;
    }

    /** The streams that may want an event of these topics, each at least once. */
    void forEach(List<String> topics, Consumer<Subscriber> sink) {
        index.forEach(topics, sink);
    }

    void add(Subscriber s) {
        s.slot(streams.size());
        streams.add(s);
    }

    /** From now on events of its topics are offered to it. */
    void index(Subscriber s) {
        index.add(s.request().topics(), s);
        s.indexed(true);
    }

    /** No event is offered to it any more. */
    void unindex(Subscriber s) {
        if (s.isIndexed()) {
            index.remove(s.request().topics(), s);
            s.indexed(false);
        }
    }

    /** Takes it out of the list. What may fail comes first, so that a call that failed may be made again. */
    void unlist(Subscriber s) {
        int slot = s.slot();
        if (slot >= 0) {
            Subscriber last = streams.get(streams.size() - 1);
            if (last != s) {
                last.slot(slot);
            }
            s.slot(-1);
            streams.set(slot, last);
            streams.remove(streams.size() - 1);
        }
    }
}
