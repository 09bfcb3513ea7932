package io.rivulet.hub.stream.feed;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Decides whether an event is for one stream: whether the stream asked for it, and may see it. A feed that is behind
 * has one of its own, and {@link LiveChecks} has one for all live streams. Shard thread.
 *
 * <p>The hard thing is that one event may cost seconds. It has up to a thousand topics, a stream has up to a hundred
 * patterns of a stranger's, and one pattern takes up to 200,000 steps for one topic. So an event is decided in parts:
 * when the steps of a turn are spent the answer is "later", and the next turn goes on with the next pair of a topic and
 * a matcher. Only a single pair is tried to its end. So a turn takes at most the steps of the longest match beyond its
 * budget: 220,000 in all, about a millisecond.
 */
public final class Examination {

    /** Whether an event is for the stream. */
    public enum Answer {
        YES,
        NO,
        /** The steps are spent; the next turn goes on from here. */
        LATER
    }

    /** How far the event has come. */
    private enum Stage { ASKED, SEEN, DECIDED }

    /** Whether all topics that are asked for count, and not only whether there is one. */
    private final boolean eachTopic;
    /** The event, and the wishes and rights under which it is looked at. */
    private Position of;
    private TopicSelection wanted;
    private Grant under;
    private Stage stage = Stage.DECIDED;
    private Answer decided = Answer.NO;
    /** The next pair to try. */
    private int at;
    private BitSet asked;
    private BitSet granted;

    /** {@code eachTopic}: {@link #isAsked} will be called. */
    Examination(boolean eachTopic) {
        this.eachTopic = eachTopic;
    }

    /** Whether the stream asked for the event and may see it. */
    Answer isFor(StreamView view, EventFrame frame, StepBudget budget) {
        if (frame.isPrivate() && view.grant().subscribes().isNone() && !frame.isForOperators()) {
            return Answer.NO; // most strangers: their patterns need not be tried
        }
        TopicSelection topics = view.topics();
        if (topics.isAny()) {
            return maySee(view, frame, budget);
        }
        if (topics.patterns().isEmpty() && !eachTopic) { // most streams: an event costs so little that it has no parts
            if (budget.isSpent()) {
                return Answer.LATER;
            }
            budget.steps().accept(frame.topics().size() - 1); // one look into a set is part of looking at an event
            return topics.matches(frame.topics()) ? maySee(view, frame, budget) : Answer.NO;
        }
        if (!isAbout(view, frame)) {
            begin(view, frame, Stage.ASKED);
        }
        return goOn(view, frame, budget);
    }

    /** Whether the stream, which asked for the event, may see it. */
    Answer maySee(StreamView view, EventFrame frame, StepBudget budget) {
        boolean isAnother = !isAbout(view, frame);
        if (isAnother && !frame.isPrivate()) {
            forget();
            return Answer.YES;
        }
        if (isAnother || stage == Stage.ASKED) {
            begin(view, frame, Stage.SEEN);
        }
        return goOn(view, frame, budget);
    }

    /** Forgets how far it has come: another stream is next. */
    void forget() {
        of = null;
        asked = null;
        granted = null;
    }

    /** Whether this topic of the event is asked for; after {@link #isFor} has said yes. */
    boolean isAsked(int topic) {
        return asked == null || asked.get(topic);
    }

    /** The topics of the event that the stream may be told of; after a yes. */
    List<String> told(EventFrame frame) {
        if (granted == null) {
            return frame.topics();
        }
        List<String> told = new ArrayList<>(granted.cardinality());
        for (int i = granted.nextSetBit(0); i >= 0; i = granted.nextSetBit(i + 1)) {
            told.add(frame.topics().get(i));
        }
        return told;
    }

    private boolean isAbout(StreamView view, EventFrame frame) {
        return frame.position().equals(of) && view.grant() == under && view.topics() == wanted; // others may say else
    }

    private void begin(StreamView view, EventFrame frame, Stage first) {
        of = frame.position();
        under = view.grant();
        wanted = view.topics();
        stage = first;
        at = 0;
        asked = null;
        granted = null;
    }

    private Answer goOn(StreamView view, EventFrame frame, StepBudget budget) {
        Answer answer = decided;
        if (stage == Stage.ASKED) {
            answer = ask(view, frame, budget);
            if (answer == Answer.YES) {
                stage = Stage.SEEN;
                at = 0;
            }
        }
        if (stage == Stage.SEEN) {
            answer = see(view, frame, budget);
        }
        if (answer != Answer.LATER) {
            stage = Stage.DECIDED;
            decided = answer;
        }
        return answer;
    }

    private Answer ask(StreamView view, EventFrame frame, StepBudget budget) {
        List<String> topics = frame.topics();
        boolean each = eachTopic && topics.size() > 1;
        if (at == 0) { // a look into a set for each topic comes first: it is cheap, and mostly decides
            asked = each ? new BitSet(topics.size()) : null;
            budget.steps().accept(topics.size());
            for (int i = 0; i < topics.size(); i++) {
                if (view.topics().exact().contains(topics.get(i))) {
                    if (!each) {
                        return Answer.YES;
                    }
                    asked.set(i);
                }
            }
        }
        return tryPairs(topics, view.topics().patterns(), asked, budget);
    }

    private Answer see(StreamView view, EventFrame frame, StepBudget budget) {
        if (frame.isForOperators()) {
            return view.grant().operates() ? Answer.YES : Answer.NO;
        }
        // a private event without a topic is a mark, which nobody sees, not even who may see every topic
        if (!frame.isPrivate() || view.grant().readsAll() && !frame.topics().isEmpty()) {
            return Answer.YES;
        }
        if (at == 0 && !view.shares(frame)) {
            granted = new BitSet(frame.topics().size());
        }
        return tryPairs(frame.topics(), view.grant().subscribes().matchers(), granted, budget);
    }

    /**
     * Tries the pairs that are left, topic by topic.
     *
     * @param found takes the topics that match, all of them; null where one is enough
     */
    private Answer tryPairs(List<String> topics, List<? extends TopicMatcher> matchers, BitSet found,
                            StepBudget budget) {
        int n = matchers.size();
        while (at < topics.size() * n) {
            int topic = at / n;
            if (found != null && found.get(topic)) {
                at = (topic + 1) * n; // it is known already
                continue;
            }
            if (budget.isSpent()) {
                return Answer.LATER;
            }
            if (matchers.get(at++ % n).matches(topics.get(topic), budget.steps())) {
                if (found == null) {
                    return Answer.YES;
                }
                found.set(topic);
            }
        }
        return found == null || found.isEmpty() ? Answer.NO : Answer.YES;
    }
}
