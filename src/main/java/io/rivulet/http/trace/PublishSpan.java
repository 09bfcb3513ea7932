package io.rivulet.http.trace;

import io.rivulet.refusal.Refused;
import java.util.List;
import java.util.Locale;

/**
 * One publish as those see it who trace. {@link Spans} makes it; whoever learns of the result ends it, on any thread.
 * This one is where nobody traces.
 *
 * <p>Deliveries are no spans: each event would make as many as it has readers.
 */
public class PublishSpan {

    /** Where nobody traces, and for what is no span. */
    public static final PublishSpan NONE = new PublishSpan();

    PublishSpan() {
    }

    /** The word for it: the reason of a refusal, else that the hub has a fault. */
    public static String reason(Throwable why) {
        return why instanceof Refused refused ? refused.reason().name().toLowerCase(Locale.ROOT).replace('_', '-')
            : "fault";
    }

    /** Whether somebody wants to know: else nobody need make what it tells. */
    public boolean isOn() {
        return false;
    }

    /** It was published: at these topics, with an id for each event. */
    public void published(List<String> topics, List<String> ids) {
        // nobody traces
    }

    /** It was not, for this reason. */
    public void refused(String reason) {
        // nobody traces
    }
}
