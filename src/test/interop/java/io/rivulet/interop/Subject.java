package io.rivulet.interop;

import java.util.Set;
import java.util.function.Supplier;

/**
 * A client under test, with what is known of it beside what the standard says.
 *
 * @param name   with its version
 * @param client waits until it is installed, or skips the test
 * @param ways   what it does its own way
 */
record Subject(String name, Supplier<Client> client, Set<Way> ways) {

    /** What some clients do. */
    enum Way {
        /** It has one connection; whoever wants another opens it with the last id. */
        IS_REOPENED,
        /** It gives a connection up after five silent seconds; on a busy machine four are too near. */
        IS_IMPATIENT,
        /** It hides why it was refused. */
        HIDES_STATUS,
        /** It does not tell that it is connected. */
        HIDES_OPEN,
        /** It shows the part of an event that came before the cut, too: without the id, which comes last. */
        SHOWS_HALVES,
        /** It leaves out lines of data that are empty. */
        DROPS_EMPTY_LINES,
        /** It puts lines of data together without a line feed. */
        JOINS_LINES,
        /** It takes an id over with the line, before the blank line says that the event is whole. */
        TAKES_ID_EARLY,
        /** It takes the part of an id that came before the cut for the id. */
        CUTS_IDS,
        /** What came since the last blank line is an event to it when the stream ends, also a lone {@code retry}. */
        SHOWS_ENDS,
        /** It puts the part of an event's data that came before the cut in front of the next event's. */
        GLUES_DATA,
        /** It is also asked to speak Mercure 0.x. */
        SPEAKS_OLD
    }

    static Subject of(String name, Supplier<Client> client, Way... ways) {
        return new Subject(name, client, Set.of(ways));
    }

    boolean does(Way way) {
        return ways.contains(way);
    }

    @Override
    public String toString() {
        return name;
    }
}
