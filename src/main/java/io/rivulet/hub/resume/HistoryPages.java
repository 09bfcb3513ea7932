package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads history, a page at a time, under the rights and the rules of a stream. The hub asks it for the doors. Reader
 * threads only.
 */
public final class HistoryPages {

    private static final int READ_BYTES = 256 << 10;
    /** Memory of one page; the next id lets the caller go on. */
    private static final int PAGE_BYTES_MAX = 4 << 20;
    /** What an event of a page takes beyond its weight: objects, its id as text, and as much for each topic. */
    private static final int ITEM_BYTES = 256;
    private static final int TOPIC_BYTES = 48;

    private final LocalLog log;
    private final Resume resume;

    /** Pages of this log, which begin as streams do. */
    public HistoryPages(LocalLog log, Resume resume) {
        this.log = log;
        this.resume = resume;
    }

    /** Memory for the events of a page, which whoever asks for it has. Reader threads. */
    public interface Room {

        /** Any number of bytes. */
        Room ENDLESS = bytes -> true;

        /** The page begins, perhaps anew: what was taken for its events is free again. */
        default void begin() {
        }

        /**
         * Takes so many bytes, or says that there are no more: the page ends there.
         *
         * @throws io.rivulet.refusal.Refused when there is no page at all
         */
        boolean take(long bytes);
    }

    /**
     * A page as it is asked for.
     *
     * @param topics of which topics
     * @param grant  of whom
     * @param since  where to begin, where {@code after} is null
     * @param after  the id to begin after, or null
     * @param limit  at most so many events
     * @param room   and no more than there is room for
     */
    public record Asked(TopicSelection topics, Grant grant, Since since, String after, int limit, Room room) {
    }

    /** The page that is asked for. An event takes its room before the page holds it. */
    public History page(Asked asked, LogWork work) throws IOException {
        View view = View.of(asked.topics(), asked.grant());
        asked.room().begin();
        if (asked.since().kind() == Since.Kind.LAST_OF_EACH && asked.after() == null) {
            return newest(view, asked, work);
        }
        // a page begins where a stream would; an id of another history, which resets a stream, is refused here
        Since from = asked.after() == null ? asked.since() : Since.LATEST;
        StartPoint start = resume.find(
            new ResumeRequest(asked.topics(), asked.grant(), asked.after(), from, false, true), work);
        if (start.resumed() == StartPoint.Resumed.RESET) {
            throw Refused.malformed("the id to begin after is not of this history");
        }
        long head = log.range().head();
        List<History.Item> items = new ArrayList<>();
        long at = start.cursor().durable();
        int bytes = 0;
        String last = null;
        while (at < head) {
            work.pause();
            LogChunk chunk = log.read(at, head, view, READ_BYTES, work);
            for (LogEntry entry : chunk.entries()) {
                int weight = entry.event().weight();
                if (items.size() == asked.limit() || !items.isEmpty() && bytes + weight > PAGE_BYTES_MAX
                    || !asked.room().take(bytesOf(entry))) {
                    return new History(items, last);
                }
                items.add(item(entry, view, work));
                bytes += weight;
                last = entry.placeId(log.seal());
            }
            at = Math.max(chunk.examinedTo(), at + 1);
        }
        return new History(items, null);
    }

    /** The newest event of each topic: of those for which there is room, the latest. */
    private History newest(View view, Asked asked, LogWork work) throws IOException {
        List<LogEntry> found = log.find(work).newestOfEach(view, asked.limit());
        int from = found.size();
        while (from > 0 && asked.room().take(bytesOf(found.get(from - 1)))) {
            from--;
        }
        return new History(found.subList(from, found.size()).stream().map(e -> item(e, view, work)).toList(), null);
    }

    private static long bytesOf(LogEntry entry) {
        return ITEM_BYTES + entry.event().weight() + (long) TOPIC_BYTES * entry.event().topics().size();
    }

    private History.Item item(LogEntry entry, View view, LogWork work) {
        String id = entry.event().repeatsId() ? entry.placeId(log.seal()) : entry.id(log.seal());
        return new History.Item(id, entry.timeMs(), entry.event(), told(entry.event(), view, work));
    }

    /** The topics that the reader may be told: of a private event those that the grant covers. */
    private static List<String> told(Event event, View view, LogWork work) {
        if (!event.isPrivate() || view.privates().all()) {
            return event.topics();
        }
        List<String> told = new ArrayList<>();
        for (String topic : event.topics()) {
            if (View.covers(view.privates(), List.of(topic), work)) {
                told.add(topic);
            }
        }
        return told;
    }
}
