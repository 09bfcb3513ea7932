package io.rivulet.hub.stream;

import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.stream.feed.WriteBudget;

/**
 * Hands bytes to the outlets of one shard, and notes which outlets have not taken all. The shard and its heartbeat
 * write through it. Shard thread.
 *
 * <p>A delivery costs a look at one field: the wait of a stream is noted only when its outlet stops being ready.
 */
final class UnsentBytes {

    private final Round round;
    private final WriteBudget budget;
    private final SharedBytes shared = new SharedBytes();

    UnsentBytes(Round round, WriteBudget budget) {
        this.round = round;
        this.budget = budget;
    }

    /** Hands these bytes to an outlet that is ready. */
    void write(Subscriber s, byte[] bytes) {
        if (s.socketWait() != null) {
            taken(s);
        }
        s.written(round.ns());
        s.outlet().write(shared.of(bytes));
    }

    /** Hands the last word to an outlet that is ready: when the client is to come back. */
    void sayFarewell(Subscriber s, long retryMs) {
        write(s, s.request().dialect().farewell(retryMs));
    }

    /** Notes whether the outlet is ready, as it has just said. */
    void noted(Subscriber s, boolean ready) {
        if (ready && s.socketWait() != null) {
            taken(s);
        } else if (!ready && s.socketWait() == null) {
            s.cursor().socketFull();
            byte[] held = s.outlet().held();
            s.socketWait(new Subscriber.SocketWait(round.ns(), s.outlet().left()));
            if (held != null) {
                s.socketWait().hold(held, budget); // last: the stream gives the share back, whatever fails from here on
            }
        }
    }

    /** The stream ends: what its outlet held is not the hub's any more. */
    void end(Subscriber s) {
        if (s.socketWait() != null) {
            taken(s);
        }
    }

    private void taken(Subscriber s) {
        s.socketWait().release(budget);
        s.socketWait(null);
    }
}
