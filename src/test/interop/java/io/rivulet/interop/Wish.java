package io.rivulet.interop;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a client is to subscribe to.
 *
 * @param speech      which Mercure it speaks
 * @param url         of the stream
 * @param token       to be presented, or empty
 * @param lastEventId to go on after, or empty
 * @param types       of events that it listens to beside {@code message}
 * @param isOpen      whether the hub has the stream, for a client that does not tell
 */
record Wish(Speech speech, String url, String token, String lastEventId, List<String> types, BooleanSupplier isOpen) {

    /** The same with this token. */
    Wish with(String presented) {
        return new Wish(speech, url, presented, lastEventId, types, isOpen);
    }

    /** The same after this id. */
    Wish after(String id) {
        return new Wish(speech, url, token, id, types, isOpen);
    }

    /** The same with one more parameter of the query. */
    Wish asking(String name, String value) {
        return new Wish(speech, url + "&" + name + "=" + value, token, lastEventId, types, isOpen);
    }
}
