package io.rivulet.event;

import java.util.BitSet;

/**
 * Tells whether bytes are JSON, by the letter of RFC 8259. {@link Envelopes} asks before data is written without quotes
 * into a line that clients parse. Pure.
 *
 * <p>Gson is no help here: it takes what the standard does not, and one such event would spoil the line for all who get
 * it. There is no recursion, so a publisher's brackets cannot use up a thread's stack.
 */
public final class JsonGrammar {

    /** Clients have limits of their own, some of them at a thousand; data that is deeper than this counts as text. */
    static final int DEPTH_MAX = 512;

    private static final int SPACE = 0x20;
    private static final int END = -1;

    private final byte[] json;
    private int at;

    private JsonGrammar(byte[] json) {
        this.json = json;
    }

    /** Whether these bytes, which are valid UTF-8, are one JSON value and nothing else. */
    public static boolean isJson(byte[] utf8) {
        return new JsonGrammar(utf8).isValue();
    }

    private boolean isValue() {
        BitSet objects = new BitSet(); // the open brackets: set for those of objects
        int depth = 0;
        while (true) {
            skipSpace();
            int b = peek();
            if (b == '{' || b == '[') {
                if (depth == DEPTH_MAX) {
                    return false;
                }
                at++;
                objects.set(depth++, b == '{');
                skipSpace();
                if (!takes(b == '{' ? '}' : ']')) {
                    if (b == '{' && !name()) {
                        return false;
                    }
                    continue; // the first value in it
                }
                depth--;
            } else if (!scalar(b)) {
                return false;
            }
            skipSpace();
            while (depth > 0 && takes(objects.get(depth - 1) ? '}' : ']')) {
                depth--;
                skipSpace();
            }
            if (depth == 0) {
                return at == json.length;
            }
            if (!takes(',') || objects.get(depth - 1) && !name()) {
                return false;
            }
        }
    }

    /** The name of a member, and the colon behind it. */
    private boolean name() {
        skipSpace();
        if (peek() != '"' || !string()) {
            return false;
        }
        skipSpace();
        return takes(':');
    }

    private boolean scalar(int first) {
        return switch (first) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean word(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!takes(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean string() {
        at++;
        while (at < json.length) {
            int b = json[at++];
            if (b == '"') {
                return true;
            }
            if (b >= 0 && b < SPACE || b == '\\' && !escape()) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        if (!takes('u')) {
            return "\"\\/bfnrt".indexOf(next()) >= 0;
        }
        for (int i = 0; i < 4; i++) {
            if (Character.digit(next(), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean number() {
        takes('-');
        if (!takes('0') && !digits()) {
            return false;
        }
        if (takes('.') && !digits()) {
            return false;
        }
        if (takes('e') || takes('E')) {
            if (!takes('+')) {
                takes('-');
            }
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at > from;
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    private boolean takes(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private int peek() {
        return at < json.length ? json[at] : END;
    }

    private int next() {
        return at < json.length ? json[at++] : END;
    }
}
