package io.rivulet.hub;

import java.util.List;

/** Who is subscribed to what, while {@code rivulet.presence} is on. Any thread. */
public final class Presence {

    /** Presence that is off. */
    static final Presence OFF = new Presence();

    private Presence() {
    }

    /** Whether there is any. */
    public boolean isOn() {
        return false;
    }

    /** The API was read: for five minutes changes are told as events. Call it first. */
    public void touched() {
        // off
    }

    /**
     * The id after which every change that {@link #all} does not hold comes as an event; {@code earliest} when nothing
     * was ever published. To be taken BEFORE the list: a change between the two is then in the list and comes once
     * more, which hurts nobody; the other way round it would be in neither.
     */
    public String lastEventId() {
        return "earliest";
    }

    /** The active subscriptions, those of one connection together. */
    public List<ActiveSubscription> all() {
        return List.of();
    }
}
