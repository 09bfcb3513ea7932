package io.rivulet.log.segment;

import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.index.Postings;
import io.rivulet.log.index.TopicPostings;
import io.rivulet.metrics.Metrics.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the oldest segments while history is larger, older or longer than allowed; never the last one. The log's
 * thread. First the topics that go are written down, then the range moves, then files are deleted: a crash in between
 * leaves files that the next open deletes.
 *
 * <p>Age is measured so that no clock which is set ahead makes history older than it is, and none that was ahead keeps
 * it for ever: {@link LogClock}.
 */
final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Segments segments;
    private final LogOptions options;
    private final TrimmedTopics trimmed;
    private final LogClock clock;
    /** Files of segments that are gone already, and could not be deleted yet. */
    private final List<Path> undeleted = new ArrayList<>();

    Retention(Segments segments, LogOptions options, TrimmedTopics trimmed, LogClock clock) {
        this.segments = segments;
        this.options = options;
        this.trimmed = trimmed;
        this.clock = clock;
    }

    /**
     * Takes the segments that have to go, in four steps. Each step may be the last before a crash:
     *
     * <ol><li>The topics that go are written down. A crash leaves all segments; the next opening deletes those that
     * the file says are gone.
     * <li>The segments are marked as trimmed, so that a reader that misses a file knows why.
     * <li>The range moves: from here on nobody begins to read what goes.
     * <li>The files are deleted. A reader in the middle of one begins again at the new beginning of the log.</ol>
     */
    void apply() throws IOException {
        deleteLeftovers();
        Segment[] all = segments.all();
        int going = going(all);
        if (going == 0) {
            return;
        }
        for (int i = 0; i < going; i++) {
            writeDown(all[i]);
        }
        trimmed.through(all[going - 1].last());
        try {
            trimmed.write(segments.disk(), segments.folder());
        } catch (IOException e) {
            // space may be what is missing, and it is about to be freed; without the file a later open knows less
            LOG.warn("what retention takes could not be written down: {}", e.toString());
        }
        for (int i = 0; i < going; i++) {
            all[i].trim();
        }
        segments.changeRange(r -> new LogRange(r.epoch(), all[going].first(), r.head(), r.headNonce(),
            r.bytesAppended(), r.failure()));
        long marks = 0;
        for (int i = 0; i < going; i++) {
            marks += all[i].index().marks();
            segments.removeOldest();
            segments.metrics().add(Count.SEGMENTS_DELETED);
            undeleted.add(all[i].file());
            undeleted.add(all[i].indexFile());
        }
        deleteLeftovers();
        segments.marks().trimmed(marks, segments.all());
    }

    /** How many of the oldest segments are over the bytes, the number or the age that may be retained. */
    private int going(Segment[] all) {
        long bytes = 0;
        long events = 0;
        for (Segment segment : all) {
            bytes += segment.bytes();
            events += segment.count();
        }
        int going = 0;
        // a segment that could not be rolled in time has more events: it stays until enough others came after it
        while (going < all.length - 1 && (bytes > options.retainBytes()
            || options.retainEvents() > 0 && events > options.retainEvents()
            && events - all[going].count() >= options.retainEvents() - options.segmentEvents()
            || clock.ageMs(all, going) > options.retainMs())) { // of its newest event
            bytes -= all[going].bytes();
            events -= all[going].count();
            going++;
        }
        return going;
    }

    /**
     * Notes the newest position of each topic of a segment that goes. A cursor that is older than all segments can then
     * be told whether it missed events of its own topics, or only those of others. Where the index cannot be read that
     * is not known, and such a cursor is told that it may have missed some.
     */
    private void writeDown(Segment segment) {
        try {
            for (boolean isPrivate : new boolean[] {false, true}) {
                TopicPostings topics = segment.index().topics(isPrivate);
                TrimmedTopics.Half gone = trimmed.half(isPrivate);
                topics.newest(TopicPostings.Keys.EVERY, null,
                    (hash, posting) -> gone.add(hash, segment.first() + Postings.rel(posting)), LogWork.UNBOUNDED);
                topics.names(gone::name);
            }
        } catch (IOException e) {
            LOG.warn("the topics of {} cannot be read as it goes; cursors before its end become partial",
                segment.file(), e);
            trimmed.unknown(segment.last());
        }
    }

    private void deleteLeftovers() throws IOException {
        while (!undeleted.isEmpty()) {
            segments.disk().delete(undeleted.get(0)); // one that is still open on Windows stays for the next round
            undeleted.remove(0);
        }
    }
}
