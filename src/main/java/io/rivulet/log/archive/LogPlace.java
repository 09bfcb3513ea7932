package io.rivulet.log.archive;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogEntry;
import io.rivulet.log.segment.LogImport;
import io.rivulet.log.segment.StoredLog;
import java.io.IOException;

/**
 * Where the command {@code log} reads a log, or makes one: a folder, or an engine that several nodes share. The command
 * alone calls it, on the main thread, and closes it.
 */
public interface LogPlace extends AutoCloseable {

    /** Opens it; the command calls it once. */
    interface Opening {
        LogPlace open() throws IOException;
    }

    /** A log that is being made: all of it counts once it is committed, and nothing before. */
    interface Into extends AutoCloseable {

        /** The next event. */
        void add(LogEntry entry) throws IOException;

        /** Makes all that was added the log of this place. */
        void commit() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** What the log has beside its events. */
    LogImport.Store store() throws IOException;

    /** The seal of its ids. */
    IdSeal seal() throws IOException;

    /** Tells of each event, from the oldest on, and of all that is not as it was written. */
    void walk(StoredLog.Visitor visitor) throws IOException;

    /** What a person may want to know of it after a walk: its name, and behind the number of events how it is kept. */
    String name();

    /** See {@link #name}. */
    String kept();

    /**
     * Begins to make a log.
     *
     * @throws IOException when there is one already
     */
    Into into(LogImport.Store store) throws IOException;

    @Override
    void close() throws IOException;
}
