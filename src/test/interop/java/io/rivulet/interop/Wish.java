package io.rivulet.interop;

import java.util.List;

/**
 * What a client is to subscribe to.
 *
 * @param speech      which Mercure it speaks
 * @param url         of the stream
 * @param token       to be presented, or empty
 * @param lastEventId to go on after, or empty
 * @param types       of events that it listens to beside {@code message}
 */
record Wish(Speech speech, String url, String token, String lastEventId, List<String> types) {

    /** The same with this token. */
    Wish with(String presented) {
        return new Wish(speech, url, presented, lastEventId, types);
    }

    /** The same after this id. */
    Wish after(String id) {
        return new Wish(speech, url, token, id, types);
    }
}
