package io.rivulet.http.publish;

import io.rivulet.config.TimeText;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.Set;

/**
 * The rules of {@code /api/updates} for the fields of one event, beside those of the log: they refuse what a stream of
 * Server-Sent Events cannot carry to every client. {@link UpdatesForm} and {@link JsonBatch} build their events here;
 * the door of Mercure does not have these rules. Pure.
 */
public final class UpdatesRules {

    /** In a browser a listener for one of these also gets the stream's own events of that name. */
    private static final Set<String> STATE_TYPES = Set.of("open", "error");
    private static final int RETRY_DIGITS_MAX = 18;

    private UpdatesRules() {
    }

    /** The type, which may have the name that it has in a stream; null without one. */
    static String type(String type, String event) {
        if (type != null && event != null && !type.equals(event)) {
            throw Refused.malformed("type is " + Printable.of(type) + " and event is " + Printable.of(event)
                + "; they are two names of one field");
        }
        return type == null ? event : type;
    }

    /** Builds the event by the rules of this door; {@code retry} is text or null. */
    static Event build(Event.Builder event, String id, String type, String retry) {
        if (id != null) {
            checkId(id);
        }
        if (type != null && STATE_TYPES.contains(type)) {
            throw Refused.malformed("the type \"" + type
                + "\" is refused: in a browser it could not be told from the stream's own event of that name");
        }
        return event.id(id).type(type).retryMs(retry == null ? 0 : retryMs(retry)).build();
    }

    /** Printable ASCII, no space at an end: with any other id some clients can never reconnect. */
    private static void checkId(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < ' ' || c > '~') {
                throw Refused.malformed("the id holds a character at index " + i + " that is no printable ASCII");
            }
        }
        if (id.startsWith(" ") || id.endsWith(" ")) {
            throw Refused.malformed("the id begins or ends with a space");
        }
        if (id.startsWith(IdSeal.PREFIX)) {
            throw Refused.malformed("the id begins with " + IdSeal.PREFIX + ", which only the hub's own ids do");
        }
    }

    /** At this door 0 asks for the shortest time there is. */
    private static long retryMs(String retry) {
        return Math.max(1, milliseconds(retry));
    }

    /** The time that a lease tells, or null for none; the event itself refuses one that is too short or too long. */
    static Duration lease(String text) {
        try {
            return text == null ? null : TimeText.parse(text);
        } catch (IllegalArgumentException e) {
            throw Refused.malformed("lease is \"" + Printable.of(text) + "\"; it " + e.getMessage());
        }
    }

    /** The time that digits tell (Mercure PUB-13); the event itself brings it within its bounds. */
    public static long milliseconds(String retry) {
        if (!retry.matches("[0-9]+")) {
            throw Refused.malformed("retry is \"" + Printable.of(retry) + "\"; it must be digits only: milliseconds");
        }
        return retry.length() > RETRY_DIGITS_MAX ? Event.RETRY_MAX_MS : Long.parseLong(retry);
    }
}
