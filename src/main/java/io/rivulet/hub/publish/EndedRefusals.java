package io.rivulet.hub.publish;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.log.LogFailure;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps publishes away from topics that have ended or whose end was asked for. The committer alone asks, for each
 * group, after it has answered what was published before: so a repeated end is its first answer again, and no refusal.
 *
 * <p>Where no topic has ended it costs a look at two fields a group, else a probe into a set for each event.
 *
 * <p>The hard thing is a topic that ends in the group itself: the id of its end is not known before the group is shown.
 * Those who publish behind it wait for that, and are then refused with this id, or with what the end was refused for.
 */
final class EndedRefusals {

    private static final int SHOWN_MAX = 100;

    private final EndedTopics ended;
    private final Runnable beforeReading;
    /** The marks of the group that is settled, by topic. */
    private final Map<String, InGroup> marks = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();

    /** A mark of the group, in one of its publishes. */
    private record InGroup(PendingPublish by, int index, boolean isEnd, TopicEnd why) {
    }

    /** A publish of the group that a mark of the group keeps out. */
    private record Waiting(PendingPublish pending, String topic, InGroup mark) {
    }

    /** {@code beforeReading} is told each time that the log is about to be searched, which may wait for the disk. */
    EndedRefusals(EndedTopics ended, Runnable beforeReading) {
        this.ended = ended;
        this.beforeReading = beforeReading;
    }

    /** Those of the group that may be published; the others have a refusal, or get one when the group was shown. */
    List<PendingPublish> settle(List<PendingPublish> group) {
        marks.clear();
        waiting.clear();
        boolean isAny = !ended.isEmpty();
        for (int i = 0; i < group.size() && !isAny; i++) {
            isAny = group.get(i).hasMark();
        }
        if (!isAny) {
            return group;
        }
        List<PendingPublish> passed = new ArrayList<>(group.size());
        for (PendingPublish pending : group) {
            try {
                if (mayPass(pending)) {
                    passed.add(pending);
                    note(pending);
                }
            } catch (Refused e) {
                pending.refusal = e;
            } catch (IOException e) {
                pending.refusal = Refused.because(Refused.Reason.STORE_FAILED,
                    "the history could not be searched for the end of the topic: " + LogFailure.told(e), e);
            }
        }
        return passed;
    }

    private boolean mayPass(PendingPublish pending) throws IOException {
        for (int i = 0; i < pending.events.size(); i++) {
            Event event = pending.events.get(i);
            for (String topic : event.topics()) {
                InGroup mark = marks.get(topic);
                if (mark != null) {
                    if (!mayPass(pending, i, mark.isEnd())) {
                        keepOut(pending, topic, mark);
                        return false;
                    }
                } else if (ended.mayBeMarked(topic)) {
                    beforeReading.run();
                    TopicMark found = ended.findToPublish(topic);
                    if (found != null && !mayPass(pending, i, found.isEnd())) {
                        if (!found.isEnd() && event.isCancel()) {
                            pending.ids.add(found.id()); // asked for once: the same answer again
                            pending.original = pending;
                            return false;
                        }
                        throw refusal(topic, found.isEnd(), found.end(), found.id());
                    }
                }
            }
        }
        return true;
    }

    /** Whether this event may follow a mark of its topic: the last word may follow the wish for it. */
    private static boolean mayPass(PendingPublish pending, int index, boolean isEnded) {
        Event event = pending.events.get(index);
        if (isEnded || event.end() == null) {
            return false;
        }
        if (event.end() != TopicEnd.CANCELLED && !pending.endsLease) {
            List<Event> events = new ArrayList<>(pending.events);
            events.set(index, event.asEnd(TopicEnd.CANCELLED));
            pending.events = List.copyOf(events);
        }
        return true;
    }

    private void keepOut(PendingPublish pending, String topic, InGroup mark) {
        if (!mark.isEnd() && pending.events.get(0).isCancel()) {
            pending.original = mark.by(); // asked for twice at once: one answer
        } else {
            waiting.add(new Waiting(pending, topic, mark));
        }
    }

    private void note(PendingPublish pending) {
        for (int i = 0; pending.hasMark() && i < pending.events.size(); i++) {
            Event event = pending.events.get(i);
            if (event.isMark()) {
                marks.put(event.topics().get(0), new InGroup(pending, i, event.end() != null, event.end()));
            }
        }
    }

    /** The group was shown, or refused: those who waited for that are refused now. */
    void refuseWaiting() {
        for (Waiting one : waiting) {
            PendingPublish by = one.mark().by();
            one.pending().refusal = by.refusal != null ? by.refusal
                : refusal(one.topic(), one.mark().isEnd(), one.mark().why(), by.ids.get(one.mark().index()));
        }
        waiting.clear();
        marks.clear();
    }

    private static Refused refusal(String topic, boolean isEnd, TopicEnd why, String id) {
        String shown = Printable.cut(topic, SHOWN_MAX);
        Refused refused = Refused.because(Refused.Reason.ENDED, isEnd
            ? "the topic " + shown + " has ended (" + why.word() + "); nothing can be published to it any more"
            : "somebody has asked for the end of the topic " + shown + "; it takes one more event, with end")
            .with("topic", topic).with("id", id);
        return isEnd ? refused.with("reason", why.word()) : refused.with("cancelled", true);
    }
}
