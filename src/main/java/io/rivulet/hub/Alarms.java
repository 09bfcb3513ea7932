package io.rivulet.hub;

import io.rivulet.refusal.Refused;
import java.time.Duration;

/** Runs tasks at their time: the {@link AlarmClock} of the hub, or the clock of a test. Any thread. */
public interface Alarms {

    /**
     * Runs this task once after so long. It must not block: it holds up all others.
     *
     * @return cancels it, unless it is under way
     * @throws Refused OVERLOADED when too many tasks wait, NOT_OPEN when the hub is closing
     */
    Runnable after(Duration time, Runnable task);
}
