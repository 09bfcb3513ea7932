package io.rivulet.auth;

import java.util.List;

/**
 * What a caller may do, decided before anything is done. Immutable, any thread.
 *
 * @param issuer    who vouches for the subject; with it, idempotency keys of two issuers never meet
 * @param subject   who asks, as the log and the operator see it
 * @param publishes whether any topic may be published to
 * @param readsAll  whether private events of any topic may be read
 * @param operates  whether the hub may be operated: connections, topics
 */
public record Grant(String issuer, String subject, boolean publishes, boolean readsAll, boolean operates) {

    /** Nobody in particular: public topics may be read. */
    public static final Grant ANONYMOUS = new Grant("", "anonymous", false, false, false);
    /** A caller on this machine in dev mode: everything. */
    public static final Grant DEV = new Grant("dev", "dev", true, true, true);
    /** Code in the same JVM: feeds and users of the Java interface. */
    public static final Grant INTERNAL = new Grant("internal", "hub", true, true, true);

    /** Whether an event of these topics may be published. */
    public boolean mayPublish(List<String> topics) {
        return publishes;
    }

    /** Whether a private event of these topics may be seen. */
    public boolean maySeePrivate(List<String> topics) {
        return readsAll;
    }
}
