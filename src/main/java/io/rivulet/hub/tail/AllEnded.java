package io.rivulet.hub.tail;

import io.rivulet.auth.Grant;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.List;

/**
 * Whether all topics that somebody asked for have ended, as far as one may know who has these rights: a private end is
 * none for others. Immutable, any thread.
 *
 * @param open the number of the first topic that has not ended, among the matchers; their number where all have
 * @param last the end that stands last; null where a topic is open
 */
public record AllEnded(int open, TopicMark last) {

    /** Whether these are exact topics and nothing else: patterns match topics that nobody has heard of yet. */
    public static boolean canBe(TopicSelection topics) {
        return !topics.isAny() && topics.exact().size() == topics.matchers().size();
    }

    /** The number of the first of these topics, from this one on, of which memory knows that it has not ended. */
    public static int firstOpen(EndedTopics ended, TopicSelection topics, int from) {
        List<TopicMatcher> all = topics.matchers();
        int open = from;
        while (open < all.size() && ended.mayBeMarked(all.get(open).text())) {
            open++;
        }
        return open;
    }

    /** Asks the log; on a reader thread. */
    public static AllEnded ask(EndedTopics ended, TopicSelection topics, Grant grant, LogWork work)
        throws IOException {
        List<TopicMatcher> all = topics.matchers();
        TopicMark last = null;
        for (int i = 0; i < all.size(); i++) {
            String topic = all.get(i).text();
            work.pause();
            work.cost(LogWork.LOOK);
            TopicMark mark = ended.find(topic, work);
            if (mark == null || !mark.isEnd()
                || mark.isPrivate() && !View.covers(grant.subscribes(), List.of(topic), work)) {
                return new AllEnded(i, null);
            }
            last = last == null || mark.place().isAfter(last.place()) ? mark : last;
        }
        return new AllEnded(all.size(), last);
    }
}
