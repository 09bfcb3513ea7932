package io.rivulet.http;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.http.access.Access;
import io.rivulet.http.access.Cors;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.Hub;
import io.rivulet.hub.resume.Caller;
import jakarta.servlet.http.HttpServletRequest;
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
 * @param flight   the memory for bodies and answers
 * @param costly   turns at the patterns that requests ask for
 * @param callers  who wait for an answer out of the log
 */
public record HubContext(Settings settings, Hub hub, InstantSource clock, Access access, Cors cors, Problem problem,
                         BytesInFlight flight, CostlyTurns costly, WaitingCallers callers) {

    /** The same for servlets where other rules say who asks. */
    public HubContext with(Access other) {
        return new HubContext(settings, hub, clock, other, cors, problem, flight, costly, callers);
    }

    /**
     * The charge for the body or the answer of this request, which holds nothing yet. Strangers are told apart by their
     * address: behind a proxy that is not named as trusted they are all one.
     */
    public BytesInFlight.Charge charge(HttpServletRequest request, Grant grant) {
        if (grant.isAnonymous()) {
            return flight.charge(BytesInFlight.Kind.STRANGER, Caller.address(RequestTrace.of(request).peer()));
        }
        return flight.charge(grant.publishes().isNone() ? BytesInFlight.Kind.READER : BytesInFlight.Kind.PUBLISHER,
            grant.identity());
    }
}
