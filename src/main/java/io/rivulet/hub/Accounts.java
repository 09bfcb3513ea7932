package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Connections;
import io.rivulet.hub.stream.Interest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.StreamAccounts;
import io.rivulet.hub.stream.StreamCaps;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;

/**
 * What is counted for a stream, from the request that opens it to its end. {@link Hub} admits it, on any thread; its
 * shard tells the rest.
 *
 * <p>The hard thing is an error between two counts: what was counted first would never be given back. So whatever is
 * not done to its end is taken back, and that is tried until it is done.
 */
final class Accounts implements StreamAccounts {

    private static final int TRIES = 6;

    private final StreamCaps caps;
    private final Interest interest;
    private final Connections connections;
    private final Metrics metrics;

    /** Of no stream yet. */
    Accounts(StreamCaps caps, Interest interest, Connections connections, Metrics metrics) {
        this.caps = caps;
        this.interest = interest;
        this.connections = connections;
        this.metrics = metrics;
    }

    /** Counts a stream and gives it a shard, or does neither. */
    Subscriber admit(StreamOpener opener, SubscribeRequest request, Outlet outlet) {
        caps.enter(request);
        int done = 1;
        try {
            interest.add(request.topics(), request.peer());
            done++;
            connections.sessions().opened(request);
            done++;
            Subscriber s = opener.admit(request, outlet);
            done = 0;
            return s;
        } finally {
            for (int tries = 0; done > 0 && tries < TRIES; ) {
                try {
                    switch (done) {
                        case 3 -> connections.sessions().ended(request);
                        case 2 -> interest.remove(request.topics());
                        default -> caps.leave(request);
                    }
                    done--;
                } catch (RuntimeException | Error e) {
                    tries++; // the caller hears of what came first
                }
            }
        }
    }

    /** Whoever names such a topic makes the hub work for it. */
    static void refuseOperators(SubscribeRequest request, Grant grant) {
        if (!grant.operates() && request.topics().exact().stream().anyMatch(Topic::isForOperators)) {
            throw Refused.because(Refused.Reason.FORBIDDEN, "topics that begin with " + Topic.OPERATORS
                + " are for those who may operate the hub");
        }
    }

    @Override
    public void renewing(Subscriber s, Grant fresh) {
        caps.renew(s.request(), s.grant(), fresh);
    }

    @Override
    public void changing(Subscriber s, SubscribeRequest changed) {
        refuseOperators(changed, s.grant());
        caps.change(s.request(), changed);
        boolean done = false;
        try {
            interest.change(s.topics(), changed.topics(), changed.peer());
            done = true;
        } finally {
            for (int tries = 0; !done && tries < TRIES; tries++) {
                try {
                    caps.changeBack(changed, s.request());
                    done = true;
                } catch (RuntimeException | Error e) {
                    continue; // as above
                }
            }
        }
    }

    @Override
    public void changed(Subscriber s) {
        connections.sessions().changed(s.request());
    }

    @Override
    public void ended(Subscriber s) {
        LastingLoop.each(() -> connections.sessions().ended(s.request()), () -> caps.leave(s.request(), s.grant()),
            () -> interest.remove(s.request().topics()), () -> connections.remove(s),
            () -> metrics.add(Count.STREAMS_ENDED));
    }
}
