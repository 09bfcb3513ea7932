package io.rivulet.hub.dialect;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.EventFrame;
import io.rivulet.event.TopicEnd;
import io.rivulet.event.Variant;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * How one stream is spoken to: its head, its events, losses, its end, its age and its cursors. The order of events,
 * their ids and the rights are the same in all dialects. A door chooses the dialect of a request; the hub asks it and
 * never which one it is. Implementations have no state, so any thread may ask.
 *
 * <p>A stream that is delivered to asks its dialect nothing: {@link #variant} is asked once, when the stream opens. A
 * method that returns null says that this dialect has no such bytes.
 */
public interface Dialect {

    /** Its name, for operators. */
    String name();

    // ---- head

    /**
     * The header of a response that tells a client with a cursor where its stream begins. The place is then looked up
     * before the response begins. Null when the stream itself says it, by {@link #hello}.
     */
    String startHeader();

    /**
     * The value of that header.
     *
     * @param asked   the cursor that the request carries; null or empty for none
     * @param damage  whether damage of the log lies behind the start: events are missing there
     * @param nothing whether nothing was ever published that this caller may see
     */
    String startId(String asked, Start start, boolean damage, Question nothing) throws IOException;

    /**
     * The first bytes of a stream: when to come back, and a comment that opens buffering proxies. No blank line: many
     * clients make an empty event of it, although the standard says that an event without data is none.
     */
    default byte[] prelude(long retryMs) {
        return comeBack(retryMs);
    }

    private static byte[] comeBack(long retryMs) {
        return ("retry: " + retryMs + "\n:\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * An event that tells where the stream begins, or null.
     *
     * @param connection the stream's public name
     * @param secret     what proves that somebody owns this name; costs something to make
     * @param grant      as whom it was opened, and until when
     * @param topics     what the stream wants
     */
    byte[] hello(String connection, Supplier<String> secret, Grant grant, TopicSelection topics, Start start);

    /**
     * Whether a browser is refused with a stream that ends at once when there are too many streams. Else it is told
     * with a status, at which the browser's own EventSource stops for ever.
     */
    boolean isSoftWhenFull();

    // ---- events

    /** How events are written. */
    Variant variant(Settings settings);

    // ---- losses

    /**
     * Whether a loss ends the stream. The client then comes back and is told by the header of the response. Else the
     * stream goes on behind a {@link #gap}.
     */
    boolean endsOnLoss();

    /**
     * An event that tells of a loss before {@code id}; null where a loss ends the stream.
     *
     * @param missed how many events at most; null when it cannot be told
     */
    byte[] gap(boolean isTransient, Long missed, String id);

    // ---- other topics

    /**
     * An event that tells that the stream asks for these topics now; or null.
     *
     * @param id the cursor from which on they count; null where only the one that the client has is known
     */
    byte[] topics(TopicSelection topics, String id);

    // ---- end

    /**
     * An event that tells that the stream's token ends soon, and with it the stream; or null.
     *
     * @param connection the stream's public name
     * @param untilMs    when, in milliseconds since 1970
     */
    byte[] expiring(String connection, long untilMs);

    /** The last bytes of a stream that the hub ends: when to come back. No blank line, as in {@link #prelude}. */
    default byte[] farewell(long retryMs) {
        return comeBack(retryMs);
    }

    /** Whether a stream ends when all topics that it asked for have ended. Else their ends are events like others. */
    boolean endsWithTopics();

    /**
     * An event that tells of that end, or null.
     *
     * @param topics of the stream
     * @param why    the reason of the end that came last
     * @param id     a cursor behind it: whoever comes back with it finds nothing more
     */
    byte[] ended(TopicSelection topics, TopicEnd why, String id);

    /** {@code rivulet.end}, for dialects that have it. */
    static byte[] endEvent(TopicSelection topics, TopicEnd why, String id) {
        JsonObject json = new JsonObject();
        JsonArray texts = new JsonArray();
        topics.matchers().forEach(matcher -> texts.add(matcher.text()));
        json.add("topics", texts);
        json.addProperty("reason", why.word());
        return EventFrame.control("rivulet.end", json.toString(), id);
    }

    // ---- age

    /** The greatest age of a stream; zero for any age. */
    Duration maxAge(Settings settings);

    // ---- cursors

    /**
     * Whether an id that an earlier event has goes out as the sealed place. A cursor is then the id of the first event
     * that had it; where that one is gone, nobody knows the cursor.
     */
    boolean tellsPlaces();

    /** The parameters that may carry the last event id where no header does, the strongest first. */
    List<String> cursorParameters();

    /** An event that gives a silent client a fresher id, or null. */
    byte[] cursor(String id);

    /** Something that only the log can tell. */
    interface Question {
        /** The answer, on this thread. */
        boolean ask() throws IOException;
    }
}
