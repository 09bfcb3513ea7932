package io.rivulet.http.publish;

import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.util.Set;

/**
 * The rules of {@code /api/updates} for one event's fields, over those of the log: what a stream of Server-Sent Events
 * cannot carry to every client. The Mercure path does not have them.
 */
public final class UpdatesRules {

    /** A listener could not tell such an event from the stream's own state. */
    private static final Set<String> STATE_TYPES = Set.of("open", "error");
    private static final int RETRY_DIGITS_MAX = 18;

    private UpdatesRules() {
    }

    /** Builds the event after the rules of this door; {@code retry} is text or null. */
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

    /** Here 0 asks for the least there is. */
    private static long retryMs(String retry) {
        return Math.max(1, milliseconds(retry));
    }

    /** Digits only (Mercure PUB-13); the event clamps what is too little or too much. */
    public static long milliseconds(String retry) {
        if (!retry.matches("[0-9]+")) {
            throw Refused.malformed("retry is \"" + Printable.of(retry) + "\"; it must be digits only: milliseconds");
        }
        return retry.length() > RETRY_DIGITS_MAX ? Event.RETRY_MAX_MS : Long.parseLong(retry);
    }
}
