package io.rivulet.url;

import io.rivulet.url.PatternTokens.Type;
import java.util.EnumMap;
import java.util.Map;

/**
 * Cuts a pattern's text into the patterns of its components (URL Pattern Standard, section 1.6). {@link PatternInit}
 * uses it, for one text on one thread.
 *
 * <p>A colon or a question mark may end a component, or be a part of the pattern: only what follows or stood before
 * tells. The state machine of the standard therefore goes on to such a mark, and then goes back to where the component
 * began, with the knowledge which one it is.
 */
final class ConstructorString {

    private enum State { INIT, PROTOCOL, AUTHORITY, USERNAME, PASSWORD, HOSTNAME, PORT, PATHNAME, SEARCH, HASH, DONE }

    private final String text;
    private final PatternTokens tokens;
    private final Map<UrlComponent, String> result = new EnumMap<>(UrlComponent.class);
    private State state = State.INIT;
    /** The first token of the component. */
    private int start;
    private int index;
    /** 0 where the state was changed and the same token is read again. */
    private int step;
    /** Open braces: no mark inside of them ends a component. */
    private int groups;
    /** Open brackets of an IPv6 address: no colon inside of them begins the port. */
    private int brackets;
    private boolean special;

    private ConstructorString(String text) throws BadPattern {
        this.text = text;
        tokens = PatternTokens.of(text, true);
    }

    /** The components of the text; one that it leaves out is not in the map. */
    static Map<UrlComponent, String> parse(String text) throws BadPattern {
        ConstructorString parser = new ConstructorString(text);
        parser.run();
        return parser.result;
    }

    private void run() throws BadPattern {
        while (index < tokens.size() && state != State.DONE) {
            step = 1;
            Type type = tokens.type(index);
            // a mark inside of braces is a part of the pattern: "{a?b}" has no query
            if (type == Type.END) {
                end();
            } else if (type == Type.OPEN) {
                groups++;
            } else if (groups > 0) {
                groups -= type == Type.CLOSE ? 1 : 0;
            } else if (!tokens.isPlain(index)) { // most are: whatever the state, they end nothing
                token();
            }
            index += step;
        }
        // who names a host and no port means the port of the scheme, not any port
        if (result.containsKey(UrlComponent.HOSTNAME)) {
            result.putIfAbsent(UrlComponent.PORT, "");
        }
    }

    /** The end of the text: it may show that the text has no scheme, or no host, and is read again as such. */
    private void end() throws BadPattern {
        if (state == State.INIT) {
            // no colon was a scheme's: the text is relative, and its first mark tells with which component it begins
            rewind(State.INIT);
            if (isHash()) {
                change(State.HASH, 1);
            } else if (isSearch()) {
                change(State.SEARCH, 1);
            } else {
                change(State.PATHNAME, 0);
            }
        // no "@" was met: what was read for a user is the host
        } else if (state == State.AUTHORITY) {
            rewind(State.HOSTNAME);
        } else {
            change(State.DONE, 0);
        }
    }

    private void token() throws BadPattern {
        switch (state) {
            case INIT -> {
                if (is(index, ':')) {
                    rewind(State.PROTOCOL);
                }
            }
            case PROTOCOL -> protocol();
            case AUTHORITY -> {
                // whether there is a user is known at the "@" only, or at the end of the authority
                if (is(index, '@')) {
                    rewind(State.USERNAME);
                } else if (is(index, '/') || isSearch() || isHash()) {
                    rewind(State.HOSTNAME);
                }
            }
            case USERNAME, PASSWORD -> {
                if (state == State.USERNAME && is(index, ':')) {
                    change(State.PASSWORD, 1);
                } else if (is(index, '@')) {
                    change(State.HOSTNAME, 1);
                }
            }
            case HOSTNAME -> hostname();
            default -> afterHostname();
        }
    }

    private void protocol() throws BadPattern {
        if (!is(index, ':')) {
            return;
        }
        // the pattern of the scheme is tried: "http{s}?" is special, and has a host also without slashes
        special = ComponentPattern.protocol(component()).matchesSpecialScheme();
        if (is(index + 1, '/') && is(index + 2, '/')) {
            change(State.AUTHORITY, 3);
        } else {
            change(special ? State.AUTHORITY : State.PATHNAME, 1);
        }
    }

    private void hostname() {
        if (is(index, '[')) {
            brackets++;
        } else if (is(index, ']')) {
            brackets--;
        // a name such as ":id" is a token of its own, so a colon that is left begins a port
        } else if (is(index, ':') && brackets == 0) {
            change(State.PORT, 1);
        } else {
            afterHostname();
        }
    }

    private void afterHostname() {
        // a mark ends what stands before its own component; in a later one it is an ordinary character
        if (is(index, '/') && state.compareTo(State.PATHNAME) < 0) {
            change(State.PATHNAME, 0);
        } else if (isSearch() && state.compareTo(State.SEARCH) < 0) {
            change(State.SEARCH, 1);
        } else if (isHash() && state.compareTo(State.HASH) < 0) {
            change(State.HASH, 1);
        }
    }

    /** Ends the component and goes to the next, past a mark of {@code skip} tokens. */
    private void change(State next, int skip) {
        if (state != State.INIT && state != State.AUTHORITY && state != State.DONE) {
            result.put(UrlComponent.valueOf(state.name()), component());
        }
        if (state != State.INIT && next != State.DONE) {
            // what comes before a part that is given is given as well, and empty
            if (state.compareTo(State.HOSTNAME) < 0 && next.compareTo(State.PORT) >= 0) {
                result.putIfAbsent(UrlComponent.HOSTNAME, "");
            }
            if (state.compareTo(State.PATHNAME) < 0 && next.compareTo(State.SEARCH) >= 0) {
                result.putIfAbsent(UrlComponent.PATHNAME, special ? "/" : "");
            }
            if (state.compareTo(State.SEARCH) < 0 && next == State.HASH) {
                result.putIfAbsent(UrlComponent.SEARCH, "");
            }
        }
        state = next;
        index += skip;
        start = index;
        step = 0;
    }

    /** Reads the component again, as another one. */
    private void rewind(State next) {
        index = start;
        step = 0;
        state = next;
    }

    private String component() {
        return text.substring(tokens.index(token(start)), tokens.index(token(index)));
    }

    /** The number of this token, or of the END where there are fewer. */
    private int token(int i) {
        return Math.min(i, tokens.size() - 1);
    }

    /** Whether this token is that character, literally. */
    private boolean is(int i, char value) {
        Type type = tokens.type(token(i));
        return (type == Type.CHAR || type == Type.ESCAPED_CHAR || type == Type.INVALID_CHAR)
            && tokens.is(token(i), value);
    }

    private boolean isHash() {
        return is(index, '#');
    }

    /** A question mark, unless it makes what stands before it optional. */
    private boolean isSearch() {
        // the tokenizer gives "?" as a modifier, since it cannot know
        if (is(index, '?') || index == 0 && tokens.is(0, '?')) {
            return true;
        }
        if (!tokens.is(token(index), '?')) {
            return false;
        }
        // behind a name, a group or a wildcard it is a modifier: that part is optional
        Type before = tokens.type(token(index - 1));
        return before != Type.NAME && before != Type.REGEXP && before != Type.CLOSE && before != Type.ASTERISK;
    }
}
