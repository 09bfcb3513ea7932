package io.rivulet.hub.tail;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.log.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What is remembered of transient topics beyond the ring: public events and private ones apart, so that what somebody
 * is told does not depend on events that he may not see. The committer writes, anyone reads.
 */
public final class TransientTopics {

    private final TransientHalf publics;
    private final TransientHalf privates;

    /** Keeps newest events of at most so many bytes, of public ones and again of private ones, beside the ring's. */
    public TransientTopics(long bytesMax) {
        publics = new TransientHalf(bytesMax);
        privates = new TransientHalf(bytesMax);
    }

    private TransientHalf half(EventFrame frame) {
        return frame.isPrivate() ? privates : publics;
    }

    /** A transient event was committed. */
    public void added(EventFrame frame) {
        half(frame).added(frame);
    }

    /** An event left the ring. */
    public void evicted(EventFrame frame) {
        if (frame.isTransient()) {
            half(frame).evicted(frame);
        }
    }

    /** Whether an event that the view would have shown may have been lost after {@code place}. */
    public boolean lostSince(Position place, View view) {
        return publics.lostSince(place, view.topics())
            || !view.privates().isNone() && privates.lostSince(place, view.topics());
    }

    /**
     * Whether the newest event of a topic, of those that the view would have shown, may have been lost in
     * {@code (place, upTo]}: it is neither in the ring nor remembered, and no newer one took its place.
     */
    public boolean newestLost(Position place, Position upTo, View view) {
        return publics.newestLost(place, upTo, view.topics())
            || !view.privates().isNone() && privates.newestLost(place, upTo, view.topics());
    }

    /**
     * The newest public and the newest private event of each topic asked for, where the view shows them; each event
     * once, ascending. The older of the two is superfluous, and left out.
     */
    public List<EventFrame> newestOfEach(View view) {
        List<EventFrame> all = new ArrayList<>(publics.newestOfEach(view.topics()));
        if (!view.privates().isNone()) {
            privates.newestOfEach(view.topics()).stream().filter(f -> view.shows(f.topics(), true)).forEach(all::add);
        }
        all.sort(Comparator.comparing(EventFrame::position).reversed());
        Set<String> seen = new HashSet<>();
        Set<EventFrame> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        for (EventFrame frame : all) {
            for (String topic : frame.topics()) {
                if (view.topics().matches(List.of(topic)) && seen.add(topic)) {
                    kept.add(frame);
                }
            }
        }
        all.removeIf(frame -> !kept.contains(frame));
        Collections.reverse(all);
        return all;
    }

    /** The place of the earliest event in the ring with this publisher's id that is public or granted, or null. */
    public Position byId(String id, GrantedTopics granted) {
        EventFrame one = publics.byId(id);
        EventFrame other = privates.byId(id);
        if (other == null || !granted.coversOne(other.topics())) {
            return one == null ? null : one.position();
        }
        return one == null || one.position().isAfter(other.position()) ? other.position() : one.position();
    }
}
