package io.rivulet.hub.publish;

import io.rivulet.event.Event;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.log.Digest;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.ProducerMark;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Up to where each producer was taken: an event that comes again is passed over, an older epoch is shut out, and a hole
 * is refused. The committer alone settles and remembers, so two publishes of one producer never race; others may look.
 *
 * <p>The log has the marks of durable publishes, as it has receipts. Memory holds those of the producers that published
 * lately, and of transient publishes it alone has them.
 */
public final class Producers {

    /**
     * Where a producer stands.
     *
     * @param epoch  in which it publishes
     * @param next   the number of its next event
     * @param lastId of the event before that
     */
    public record Standing(long epoch, long next, String lastId) {
    }

    private static final TopicSelection ALL = TopicSelection.of(List.of(new TopicMatcher.Any()));
    /** Producers that are remembered; each takes some 200 bytes. */
    private static final int REMEMBERED_MAX = 10_000;

    private final LocalLog log;
    private final EndedTopics ended;
    private final Runnable beforeReading;
    /** The one that published longest ago comes first; guarded by itself. */
    private final Map<Digest, Standing> known;

    /** With {@code beforeReading} as in {@link Receipts}. */
    Producers(LocalLog log, EndedTopics ended, Runnable beforeReading) {
        this.log = log;
        this.ended = ended;
        this.beforeReading = beforeReading;
        known = new LinkedHashMap<>(16, 0.75f, true);
    }

    /** Where this one stands, or null for one that is not known; {@code beforeSearch} runs if the log is searched. */
    Standing standing(Digest producer, Runnable beforeSearch) throws IOException {
        Standing standing;
        synchronized (known) {
            standing = known.get(producer);
        }
        if (standing != null) {
            return standing;
        }
        beforeSearch.run();
        Optional<LogEntry> found = log.find().byProducer(producer, mark -> true);
        return found.isEmpty() ? null : read(found.get());
    }

    private Standing read(LogEntry entry) throws IOException {
        ProducerMark mark = entry.producer();
        return new Standing(mark.epoch(), mark.next(), id(entry, mark.next() - 1));
    }

    /** The id of the event of this number, which is of the publish that begins with this entry. */
    private String id(LogEntry first, long number) throws IOException {
        long position = first.position() + number - first.producer().seq();
        var chunk = log.read(position - 1, position, ALL, 1 << 20);
        return chunk.entries().isEmpty() ? null : chunk.entries().get(0).id(log.seal());
    }

    /** Takes from a group what was taken before; returns those that are left, in their order. */
    List<PendingPublish> settle(List<PendingPublish> group) {
        if (group.stream().noneMatch(pending -> pending.producer != null)) {
            return group;
        }
        List<PendingPublish> fresh = new ArrayList<>(group.size());
        Map<Digest, List<PendingPublish>> inGroup = new HashMap<>();
        for (PendingPublish pending : group) {
            if (pending.producer == null) {
                fresh.add(pending);
                continue;
            }
            try {
                List<PendingPublish> before = inGroup.computeIfAbsent(pending.producer.producer(),
                    producer -> new ArrayList<>(1));
                if (settle(pending, before)) {
                    fresh.add(pending);
                    before.add(pending);
                }
            } catch (Refused e) {
                pending.refusal = e;
            } catch (IOException e) {
                pending.refusal = Refused.because(Refused.Reason.STORE_FAILED,
                    "the history could not be searched for the producer: " + LogFailure.told(e), e);
            }
        }
        return fresh;
    }

    /** Whether something of it is new; {@code before} is what the same producer has in the same group. */
    private boolean settle(PendingPublish pending, List<PendingPublish> before) throws IOException {
        ProducerMark mark = pending.producer;
        Standing standing = before.isEmpty() ? standing(mark.producer(), beforeReading)
            : standing(before.get(before.size() - 1).producer);
        if (standing == null || mark.epoch() > standing.epoch()) {
            return true;
        }
        if (mark.epoch() < standing.epoch()) {
            throw Refused.because(Refused.Reason.FENCED, "the epoch " + mark.epoch() + " of this producer is over; it "
                + "publishes in " + standing.epoch() + " now; nothing was published").with("epoch", standing.epoch());
        }
        if (mark.seq() > standing.next()) {
            throw outOfSequence(mark.seq(), standing.next());
        }
        int taken = (int) Math.min(mark.count(), standing.next() - mark.seq());
        if (taken == mark.count()) {
            Event last = pending.events.get(pending.events.size() - 1);
            if (pending.inLines && last.end() != null && before.isEmpty() && !hasEnded(last.topics().get(0))) {
                endAlone(pending, last);
                return true;
            }
            answer(pending, before);
            return false;
        }
        if (taken > 0) {
            pending.events = List.copyOf(pending.events.subList(taken, pending.events.size()));
            pending.producer = new ProducerMark(mark.producer(), mark.epoch(), standing.next(), mark.count() - taken);
        }
        return true;
    }

    /**
     * Refuses what follows a refused publish of the same producer in the same group, for there is a hole between them:
     * were it taken, the refused one could never be sent again.
     *
     * @param all    of the group, as {@link #settle} left them
     * @param passed those of them that were not refused meanwhile, in the same order
     * @return those that may still be published
     */
    List<PendingPublish> withoutGaps(List<PendingPublish> all, List<PendingPublish> passed) {
        if (all.size() == passed.size() || passed.stream().noneMatch(pending -> pending.producer != null)) {
            return passed;
        }
        Map<Digest, ProducerMark> missing = new HashMap<>();
        List<PendingPublish> left = new ArrayList<>(passed.size());
        int next = 0;
        for (PendingPublish pending : all) {
            boolean isPassed = next < passed.size() && passed.get(next) == pending;
            next += isPassed ? 1 : 0;
            ProducerMark mark = pending.producer;
            ProducerMark gap = mark == null ? null : missing.get(mark.producer());
            if (isPassed && gap != null && gap.epoch() == mark.epoch() && gap.seq() < mark.seq()) {
                pending.refusal = outOfSequence(mark.seq(), gap.seq());
            } else if (isPassed) {
                left.add(pending);
            } else if (mark != null && (gap == null || gap.epoch() != mark.epoch())) {
                missing.put(mark.producer(), mark);
            }
        }
        return left;
    }

    private static Refused outOfSequence(long seq, long expected) {
        return Refused.because(Refused.Reason.OUT_OF_SEQUENCE, "the event has the number " + seq + " of its producer, "
            + "and " + expected + " is the next one; nothing was published").with("expectedSeq", expected);
    }

    private boolean hasEnded(String topic) throws IOException {
        TopicMark mark = ended.mayBeMarked(topic) ? ended.findToPublish(topic) : null;
        return mark != null && mark.isEnd();
    }

    /**
     * The last line was taken when nobody knew that it was the last: its body was cut behind it. The end that comes
     * with it now is published alone. It has no number, for its producer counts the line and nothing more.
     */
    private static void endAlone(PendingPublish pending, Event last) {
        pending.events = List.of(Event.on(last.topics().get(0)).markPrivate(last.isPrivate()).end(last.end()).build());
        pending.producer = null;
    }

    private static Standing standing(ProducerMark mark) {
        return new Standing(mark.epoch(), mark.next(), null);
    }

    /**
     * Answers a publish that was taken before. In the same group its answer hangs on the other's: should the disk
     * refuse that one, nothing of this one is published either.
     */
    private void answer(PendingPublish pending, List<PendingPublish> before) throws IOException {
        ProducerMark mark = pending.producer;
        for (PendingPublish other : before) {
            if (other.producer.epoch() == mark.epoch() && other.producer.next() >= mark.next()) {
                pending.original = other;
                if (!other.producer.equals(mark)) {
                    pending.answersOwnIds = true; // there are none yet
                }
                return;
            }
        }
        pending.original = pending;
        if (!pending.inLines) {
            addIds(pending);
        }
    }

    /** The ids that its events have had, where one publish had all of them and the log remembers it. */
    private void addIds(PendingPublish pending) throws IOException {
        ProducerMark mark = pending.producer;
        Standing standing;
        synchronized (known) {
            standing = known.get(mark.producer());
        }
        if (mark.count() == 1 && standing != null && standing.epoch() == mark.epoch()
            && standing.next() == mark.next()) {
            pending.ids.add(standing.lastId());
            return;
        }
        beforeReading.run();
        Optional<LogEntry> first = log.find().byProducer(mark.producer(), other -> other.epoch() == mark.epoch()
            && other.holds(mark.seq()) && other.holds(mark.next() - 1));
        if (first.isPresent()) {
            for (long number = mark.seq(); number < mark.next(); number++) {
                String id = id(first.get(), number);
                if (id != null) {
                    pending.ids.add(id);
                }
            }
        }
    }

    /** Another node has published for this producer: what memory has of it is not the newest any more. */
    void forget(Digest producer) {
        synchronized (known) {
            known.remove(producer);
        }
    }

    /** Notes what was published. */
    void remember(List<PendingPublish> fresh) {
        for (PendingPublish pending : fresh) {
            if (pending.producer != null && pending.refusal == null && !pending.ids.isEmpty()) {
                remember(pending.producer, pending.ids.get(pending.ids.size() - 1));
            }
        }
    }

    /** Notes what was published, at whichever node; the id is of the last of these events. */
    void remember(ProducerMark mark, String lastId) {
        synchronized (known) {
            known.put(mark.producer(), new Standing(mark.epoch(), mark.next(), lastId));
            if (known.size() > REMEMBERED_MAX) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }
}
