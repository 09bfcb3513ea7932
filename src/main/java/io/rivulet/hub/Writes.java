package io.rivulet.hub;

import io.rivulet.event.Position;

/** What is handed to the outlets of one shard. Its thread alone. */
final class Writes {

    private final Moment moment;
    private final Portion portion = new Portion();

    Writes(Moment moment) {
        this.moment = moment;
    }

    /** Hands these bytes to an outlet that is ready. */
    void write(Subscriber s, byte[] bytes) {
        s.writtenNs = moment.ns;
        s.outlet.write(portion.of(bytes));
    }

    /** Notes that the client has an id for this place now: {@code rivulet.cursor} need not remind it. */
    void told(Subscriber s, Position at) {
        s.idBytes = moment.bytesAppended;
        s.idMs = moment.ms;
        s.idDurable = at.durable();
    }
}
