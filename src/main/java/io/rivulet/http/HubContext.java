package io.rivulet.http;

import io.rivulet.config.Settings;
import io.rivulet.http.access.Access;
import io.rivulet.http.access.Cors;
import io.rivulet.hub.Hub;
import java.time.InstantSource;

/**
 * What the hub's servlets share. The wiring makes it and gives it to each of them. Immutable, any thread.
 *
 * @param settings in force
 * @param hub      which may still be opening
 * @param clock    the time
 * @param access   who may do what
 * @param cors     which pages may read
 * @param problem  how refusals are answered
 */
public record HubContext(Settings settings, Hub hub, InstantSource clock, Access access, Cors cors, Problem problem) {

    /** The same for servlets where other rules say who asks. */
    public HubContext with(Access other) {
        return new HubContext(settings, hub, clock, other, cors, problem);
    }
}
