package io.rivulet.hub.publish;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds events whose publisher gave them an id that an earlier event has, as publishers at Mercure's path may. Such an
 * id does not tell which of the events a client has got, so at {@code /api/updates} the sealed place goes out instead,
 * and a cursor there always means the first event of its id. The committer alone asks, for each group.
 *
 * <p>A publisher sees whether its id is replaced. So that nobody can ask in this way for the ids of private events, a
 * public event is compared with public ones only. Events without an id of their own cost a look at a field.
 */
final class RepeatedIds {

    private final LocalLog log;
    private final TransientTopics transients;
    private final Runnable beforeReading;

    /** {@code beforeReading} is told each time that the log is about to be searched, which may wait for the disk. */
    RepeatedIds(LocalLog log, TransientTopics transients, Runnable beforeReading) {
        this.log = log;
        this.transients = transients;
        this.beforeReading = beforeReading;
    }

    /** Marks the events of a group that have the id of an earlier one, in the log, in memory or in the group. */
    void mark(List<PendingPublish> group) {
        Set<String> publics = null;
        Set<String> all = null;
        for (PendingPublish pending : group) {
            List<Event> marked = null;
            for (int i = 0; i < pending.events.size(); i++) {
                Event event = pending.events.get(i);
                if (event.id() == null) {
                    continue;
                }
                if (all == null) {
                    all = new HashSet<>();
                    publics = new HashSet<>();
                    beforeReading.run();
                }
                boolean isFirst = (event.isPrivate() ? all : publics).add(event.id());
                all.add(event.id());
                if (!isFirst || isKnown(event)) {
                    marked = marked == null ? new ArrayList<>(pending.events) : marked;
                    marked.set(i, event.asRepeated());
                }
            }
            if (marked != null) {
                pending.events = List.copyOf(marked);
            }
        }
    }

    private boolean isKnown(Event event) {
        boolean privates = event.isPrivate();
        try {
            GrantedTopics granted = privates ? GrantedTopics.ALL : GrantedTopics.NONE;
            return transients.byId(event.id(), granted, LogWork.UNBOUNDED) != null
                || log.find().hasId(event.id(), privates);
        } catch (IOException e) {
            return true; // it may be: a place is right in any case
        }
    }
}
