package io.rivulet.http.subscribe;

import io.rivulet.http.form.FormFields;
import io.rivulet.hub.resume.Portion;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.time.Duration;

/**
 * Reads how much of a stream one response is to hold, for clients that cannot read a response while it comes: long
 * polling, a comment at its beginning, a greatest length. {@link StreamParameters} uses it. Pure.
 */
final class PortionParameters {

    static final String TRANSPORT = "transport";
    static final String TIMEOUT = "timeout";
    static final String PADDING = "padding";
    static final String MAX = "max";

    private static final int TIMEOUT_S = 25;
    private static final int TIMEOUT_S_MAX = 120;
    private static final int PADDING_MAX = 64 << 10;
    /** What a polyfill for old browsers means by {@code padding=true}. */
    private static final int PADDING_USUAL = 2_048;
    private static final int MAX_MAX = 1 << 30;

    private PortionParameters() {
    }

    /**
     * What the query asks for.
     *
     * @throws Refused for what cannot be meant
     */
    static Portion of(FormFields query) {
        String transport = query.one(TRANSPORT);
        if (transport != null && !transport.equals("poll")) {
            throw Refused.malformed(TRANSPORT + " is " + Printable.of(transport) + "; it must be poll, and without it "
                + "the answer is a stream");
        }
        if (transport == null && query.has(TIMEOUT)) {
            throw Refused.malformed(TIMEOUT + " is how long a poll waits for an event; ask for transport=poll as well");
        }
        if (transport != null && "false".equals(query.one("hello"))) {
            throw Refused.malformed("transport=poll needs the id of rivulet.hello, from which the next poll goes on; "
                + "it cannot stand beside hello=false");
        }
        int padding = "true".equals(query.one(PADDING)) ? PADDING_USUAL
            : number(query, PADDING, 0, 1, PADDING_MAX, "bytes of comment");
        int max = number(query, MAX, 0, 1, MAX_MAX, "bytes");
        int seconds = number(query, TIMEOUT, TIMEOUT_S, 0, TIMEOUT_S_MAX, "seconds");
        return new Portion(padding, max, transport == null ? null : Duration.ofSeconds(seconds));
    }

    private static int number(FormFields query, String name, int unsaid, int least, int most,
                              String what) {
        String text = query.one(name);
        if (text == null) {
            return unsaid;
        }
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw Refused.malformed(name + " is " + Printable.of(text) + "; it must be " + least + " to " + most + " "
                + what);
        }
        return number;
    }
}
