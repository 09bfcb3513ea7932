package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
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

    private final LocalLog log;
    private final Resume resume;

    /** Pages of this log, which begin as streams do. */
    public HistoryPages(LocalLog log, Resume resume) {
        this.log = log;
        this.resume = resume;
    }

    /** The page after {@code after}, or from {@code since} when that is null; at most so many events. */
    public History page(TopicSelection topics, Grant grant, Since since, String after, int limit, LogWork work)
        throws IOException {
        View view = View.of(topics, grant);
        if (since.kind() == Since.Kind.LAST_OF_EACH && after == null) {
            return new History(log.find(work).newestOfEach(view, limit).stream().map(this::item).toList(), null);
        }
        // a page begins where a stream would; an id of another history, which resets a stream, is refused here
        StartPoint start = resume.find(new ResumeRequest(topics, grant, after, since, false), work);
        if (start.resumed() == StartPoint.Resumed.RESET) {
            throw Refused.malformed("the id to begin after is not of this history");
        }
        long head = log.range().head();
        List<History.Item> items = new ArrayList<>();
        long at = start.cursor() == null ? head : start.cursor().durable();
        int bytes = 0;
        String last = null;
        while (at < head) {
            work.pause();
            LogChunk chunk = log.read(at, head, view, READ_BYTES, work);
            for (LogEntry entry : chunk.entries()) {
                int weight = entry.event().weight();
                if (items.size() == limit || !items.isEmpty() && bytes + weight > PAGE_BYTES_MAX) {
                    return new History(items, last);
                }
                items.add(item(entry));
                bytes += weight;
                last = entry.placeId(log.seal());
            }
            at = Math.max(chunk.examinedTo(), at + 1);
        }
        return new History(items, null);
    }

    private History.Item item(LogEntry entry) {
        return new History.Item(entry.id(log.seal()), entry.timeMs(), entry.event());
    }
}
