package io.rivulet.hub.resume;

import io.rivulet.event.Position;
import io.rivulet.log.LocalLog;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Seals the id of any position, whether an event stands there or not. {@link Resume} and the reads for lagging streams
 * use it. Reader threads only: it may ask the log's files.
 */
public final class PlaceIds {

    private final LocalLog log;

    /** Ids of this log. */
    public PlaceIds(LocalLog log) {
        this.log = log;
    }

    /** The id of the place; a trimmed place gets no nonce, and none is asked of it at resume. */
    public String idOf(Position place) {
        long durable = place.durable();
        long transients = Math.min(place.transients(), 0xffffffffL);
        try {
            int nonce = (int) log.find().nonceAt(durable).orElse(0);
            return log.seal().seal(epochOf(durable), durable, transients, nonce);
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
