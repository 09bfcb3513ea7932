package io.rivulet.url;

import io.rivulet.url.PatternTokens.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the pattern of one component into its parts (URL Pattern Standard, section 2.2). {@link ComponentPattern} uses
 * it, for one text on one thread.
 *
 * <p>Literal text is collected until a part ends it, because it is encoded as a whole: half of a percent-encoded byte
 * would be encoded once more.
 */
final class PatternParser {

    /** How literal text is made canonical, so that it compares with a parsed URL's. */
    interface Encoding {
        String encode(String text) throws BadPattern;
    }

    private final PatternTokens tokens;
    private final char prefix;
    private final String segment;
    private final Encoding encoding;
    private final List<PatternPart> parts = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    /** Literal text that belongs to no part yet: the standard's pending fixed value. */
    private final StringBuilder pending = new StringBuilder();
    private int index;

    private PatternParser(String text, char delimiter, char prefix, Encoding encoding) throws BadPattern {
        tokens = PatternTokens.of(text, false);
        this.prefix = prefix;
        this.encoding = encoding;
        // what ":id" stands for: anything up to the delimiter, or anything
        segment = "[^" + (delimiter == 0 ? "" : "\\" + delimiter) + "]+?";
    }

    /** The parts; delimiter and prefix may be 0 for none. */
    static List<PatternPart> parse(String text, char delimiter, char prefix, Encoding encoding) throws BadPattern {
        if (isPlain(text)) {
            return text.isEmpty() ? List.of()
                : List.of(new PatternPart(PatternPart.Kind.FIXED, encoding.encode(text), "", "", (char) 0));
        }
        PatternParser parser = new PatternParser(text, delimiter, prefix, encoding);
        while (parser.index < parser.tokens.size()) {
            parser.next();
        }
        return parser.parts;
    }

    /** Whether all of it is literal text, as a host mostly is: then no character needs a look at what is beside it. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("*+?{}:(\\".indexOf(text.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes one part: literal text, a name or wildcard with the character before it, a group in braces, or the end. A
     * slash before a name belongs to the part, so that {@code /:id?} also matches without the slash.
     */
    private void next() throws BadPattern {
        String literal = take(Type.CHAR);
        String name = take(Type.NAME);
        String wildcard = wildcard(name);
        if (name != null || wildcard != null) {
            String before = literal == null ? "" : literal;
            // only the prefix of the component, a slash in paths, belongs to the part; other text stands for itself
            if (!before.isEmpty() && !before.equals(String.valueOf(prefix))) {
                pending.append(before);
                before = "";
            }
            add(before, name, wildcard, "", modifier());
            return;
        }
        // an escaped character is always literal, also an escaped slash before a name
        literal = literal == null ? take(Type.ESCAPED_CHAR) : literal;
        if (literal != null) {
            pending.append(literal);
        // a group: text, perhaps one thing that varies, text; the modifier behind it is for all of it
        } else if (take(Type.OPEN) != null) {
            String before = text();
            name = take(Type.NAME);
            wildcard = wildcard(name);
            String after = text();
            require(Type.CLOSE);
            add(before, name, wildcard, after, modifier());
        } else {
            addPending();
            require(Type.END);
        }
    }

    /** Adds a part; one without a name, a wildcard and a modifier is literal text. */
    private void add(String before, String name, String wildcard, String after, char modifier) throws BadPattern {
        if (name == null && wildcard == null) {
            if (modifier == 0) {
                pending.append(before);
                return;
            }
            addPending();
            if (!before.isEmpty()) {
                parts.add(new PatternPart(PatternPart.Kind.FIXED, encoding.encode(before), "", "", modifier));
            }
            return;
        }
        addPending();
        // a name may be written with the very expression that it stands for; both are the same part
        String regexp = wildcard == null ? segment : wildcard;
        PatternPart.Kind kind = regexp.equals(segment) ? PatternPart.Kind.SEGMENT
            : regexp.equals(".*") ? PatternPart.Kind.FULL : PatternPart.Kind.REGEXP;
        if (name != null && !names.add(name)) {
            throw new BadPattern("the same name twice");
        }
        parts.add(new PatternPart(kind, encoding.encode(before), kind == PatternPart.Kind.REGEXP ? regexp : "",
            encoding.encode(after), modifier));
    }

    private void addPending() throws BadPattern {
        if (pending.length() > 0) {
            parts.add(new PatternPart(PatternPart.Kind.FIXED, encoding.encode(pending.toString()), "", "", (char) 0));
            pending.setLength(0);
        }
    }

    /** The literal text that follows, perhaps none. */
    private String text() {
        StringBuilder text = new StringBuilder();
        while (true) {
            String one = take(Type.CHAR);
            one = one == null ? take(Type.ESCAPED_CHAR) : one;
            if (one == null) {
                return text.toString();
            }
            text.append(one);
        }
    }

    /** The regular expression or, where there is no name, that of the asterisk that follows; else null. */
    private String wildcard(String name) {
        String regexp = take(Type.REGEXP);
        return regexp != null ? regexp : name == null && take(Type.ASTERISK) != null ? ".*" : null;
    }

    /** The modifier that follows: {@code ?}, {@code +} or {@code *}; 0 for none. */
    private char modifier() {
        String modifier = take(Type.OTHER_MODIFIER);
        modifier = modifier == null ? take(Type.ASTERISK) : modifier;
        return modifier == null ? 0 : modifier.charAt(0);
    }

    /** The value of the next token if it is one of these, else null. */
    private String take(Type type) {
        if (index < tokens.size() && tokens.type(index) == type) {
            return tokens.value(index++);
        }
        return null;
    }

    private void require(Type type) throws BadPattern {
        if (take(type) == null) {
            throw new BadPattern("no " + type + " where it is needed");
        }
    }
}
