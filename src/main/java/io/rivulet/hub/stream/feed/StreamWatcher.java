package io.rivulet.hub.stream.feed;

import io.rivulet.auth.Grant;
import io.rivulet.event.Position;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.topic.TopicSelection;
import java.util.function.Supplier;

/**
 * The list of active subscriptions, as the streams see it. The shards call it, each for its own streams and on its own
 * thread.
 *
 * <p>It is an interface so that the streams do not know how the list is kept or told.
 */
public interface StreamWatcher {

    /** One stream in that list. */
    interface Watched {

        /** No list is kept. */
        Watched NOWHERE = new Watched() {
            @Override
            public boolean watches() {
                return false;
            }

            @Override
            public boolean isInexact() {
                return false;
            }

            @Override
            public boolean lostSince(Position place) {
                return false;
            }

            @Override
            public void renewed(Grant fresh) {
                // nobody asks
            }

            @Override
            public void changed(TopicSelection topics, Grant grant, Supplier<String> subscriber) {
                // nobody asks
            }

            @Override
            public void ended() {
                // nobody asks
            }
        };

        /** Whether the stream may see changes of the list at all, by what it asked for and by its rights. */
        boolean watches();

        /** Whether the stream's cursor has turned out not to be exact, after all. */
        boolean isInexact();

        /** Whether changes of the list that this stream would have got since may be gone. */
        boolean lostSince(Position place);

        /** The stream's rights are these now. */
        void renewed(Grant fresh);

        /**
         * The stream asks for these topics now. For the list that is the end of a subscriber and the beginning of
         * another one, as if the stream had been opened anew.
         *
         * @param subscriber names the new one to others
         */
        void changed(TopicSelection topics, Grant grant, Supplier<String> subscriber);

        /** The stream has ended, and gets nothing any more. */
        void ended();
    }

    /**
     * A stream is registered with its shard, and gets what is published from now on.
     *
     * @param grant      what it may see now
     * @param subscriber names it to others; null while no list is kept
     */
    Watched began(SubscribeRequest request, Grant grant, String subscriber, StartPoint start);

    /** The same start, or one that says what may have been missed. */
    StartPoint checked(SubscribeRequest request, StartPoint start);
}
