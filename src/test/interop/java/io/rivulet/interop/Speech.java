package io.rivulet.interop;

/** The two generations of Mercure. */
enum Speech {
    V1("match", "last_event_id"), V0("topic", "lastEventID");

    final String selector;
    final String cursor;

    Speech(String selector, String cursor) {
        this.selector = selector;
        this.cursor = cursor;
    }
}
