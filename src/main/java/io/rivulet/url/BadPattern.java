package io.rivulet.url;

/** A text is no URL Pattern, or one that is not supported; the message is a short reason, for the log. */
public final class BadPattern extends Exception {

    private static final long serialVersionUID = 1L;

    BadPattern(String reason) {
        // bad patterns are ordinary input: no stack is wanted
        super(reason, null, false, false);
    }
}
