package io.rivulet.hub.publish;

import io.rivulet.log.Digest;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.Receipt;
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
 * Tells a publish from its repetition: the same key and content again gets the first answer and is appended once. The
 * committer alone asks, so two publishes of the same key never race.
 *
 * <p>The log remembers durable publishes as long as history reaches. Of transient ones the newest are kept in memory
 * here.
 */
final class Receipts {

    /** Publishes, and ids of all of them. */
    private static final int TRANSIENT_MAX = 10_000;

    /** An answered publish that no log remembers. */
    private record Answered(Receipt receipt, List<String> ids) {
    }

    private final LocalLog log;
    private final Runnable beforeReading;
    private final Map<Digest, Answered> inMemory = new LinkedHashMap<>();
    private int idsInMemory;

    /** {@code beforeReading} is told each time that the log is about to be searched, which may wait for the disk. */
    Receipts(LocalLog log, Runnable beforeReading) {
        this.log = log;
        this.beforeReading = beforeReading;
    }

    /** Answers the repetitions of a group, and returns those that are new, in their order. */
    List<PendingPublish> settle(List<PendingPublish> group) {
        List<PendingPublish> fresh = new ArrayList<>(group.size());
        Map<Digest, PendingPublish> inGroup = new HashMap<>();
        for (PendingPublish pending : group) {
            if (pending.receipt == null) {
                fresh.add(pending);
                continue;
            }
            try {
                PendingPublish first = inGroup.get(pending.receipt.key());
                if (first != null) {
                    compare(pending, first.receipt);
                    pending.original = first;
                } else if (!known(pending)) {
                    inGroup.put(pending.receipt.key(), pending);
                    fresh.add(pending);
                }
            } catch (Refused e) {
                pending.refusal = e;
            } catch (IOException e) {
                pending.refusal = Refused.because(Refused.Reason.STORE_FAILED,
                    "the history could not be searched for the idempotency key: " + LogFailure.told(e), e);
            }
        }
        return fresh;
    }

    /** Keeps the answers of transient publishes; the log has those of the others. */
    void remember(List<PendingPublish> fresh) {
        for (PendingPublish pending : fresh) {
            if (pending.receipt != null && pending.isTransient && pending.refusal == null) {
                remember(pending.receipt, pending.ids);
            }
        }
    }

    /** Keeps the answer of a transient publish, at whichever node. */
    void remember(Receipt receipt, List<String> ids) {
        Answered before = inMemory.put(receipt.key(), new Answered(receipt, ids));
        idsInMemory += ids.size() - (before == null ? 0 : before.ids().size());
        while (idsInMemory > TRANSIENT_MAX && inMemory.size() > 1) {
            idsInMemory -= inMemory.remove(inMemory.keySet().iterator().next()).ids().size();
        }
    }

    /** Whether this key was answered before; the first answer is then this one's, too. */
    private boolean known(PendingPublish pending) throws IOException {
        Answered answered = inMemory.get(pending.receipt.key());
        if (answered != null) {
            compare(pending, answered.receipt());
            pending.ids.addAll(answered.ids());
            pending.original = pending;
            return true;
        }
        beforeReading.run();
        Optional<LogEntry> found = log.find().byKey(pending.receipt.key());
        if (found.isEmpty()) {
            return false;
        }
        LogEntry first = found.get();
        compare(pending, first.receipt());
        TopicSelection any = TopicSelection.of(List.of(new TopicMatcher.Any()));
        long last = first.position() + first.receipt().count() - 1;
        for (long at = first.position() - 1; at < last; ) {
            var chunk = log.read(at, last, any, 1 << 20);
            chunk.entries().forEach(entry -> pending.ids.add(entry.id(log.seal())));
            at = chunk.examinedTo();
        }
        pending.original = pending;
        return true;
    }

    /** The same key for other content is an error of the publisher: no answer would be right. */
    private static void compare(PendingPublish pending, Receipt first) {
        if (!pending.receipt.content().equals(first.content())) {
            throw Refused.because(Refused.Reason.CONFLICT,
                "this idempotency key (or id) was used before for other content; nothing was published");
        }
    }
}
