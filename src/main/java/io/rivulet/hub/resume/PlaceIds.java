package io.rivulet.hub.resume;

import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.SharedLife;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Seals the id of any position, whether an event stands there or not. {@link Resume} and the reads for lagging streams
 * use it. Reader threads only: it may ask the log's files.
 */
public final class PlaceIds {

    private final LocalLog log;
    private final TransientTopics transients;

    /** Ids of this log. */
    public PlaceIds(LocalLog log, TransientTopics transients) {
        this.log = log;
        this.transients = transients;
    }

    /** The id of the place; a trimmed place gets no nonce, and none is asked of it at resume. */
    public String idOf(Position place) {
        long durable = place.durable();
        SharedLife shared = transients.shared();
        try {
            int nonce = (int) log.find().nonceAt(durable).orElse(0);
            return shared != null
                ? log.seal().seal(epochOf(durable), shared.life(), shared.firstAt(durable), place, nonce)
                : log.seal().seal(epochOf(durable), durable, Math.min(place.transients(), IdSeal.END), nonce);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest epoch that reaches this position. */
    private int epochOf(long durable) {
        for (int epoch = log.range().epoch(); epoch > 0; epoch--) {
            if (log.find().epochReaches(epoch, durable)) {
                return epoch;
            }
        }
        return log.range().epoch();
    }
}
