package io.rivulet.interop;

/**
 * One thing that happened to a client: {@code open}, {@code event}, {@code error} or {@code closed}.
 *
 * @param id     of an event, as the client shows it; or null
 * @param type   of an event
 * @param data   of an event
 * @param status HTTP's of an error, 0 where the client does not say
 * @param text   the client's own words about an error
 * @param isLast whether the client will not try again by itself
 */
record Said(String what, String id, String type, String data, int status, String text, boolean isLast) {

    static Said open() {
        return new Said("open", null, null, null, 0, null, false);
    }

    static Said event(String id, String type, String data) {
        return new Said("event", id, type == null ? "message" : type, data, 0, null, false);
    }

    static Said error(int status, Object text, boolean isLast) {
        return new Said("error", null, null, null, status, String.valueOf(text), isLast);
    }

    static Said closed() {
        return new Said("closed", null, null, null, 0, null, true);
    }
}
