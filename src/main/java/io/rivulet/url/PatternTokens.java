package io.rivulet.url;

import java.util.Arrays;

/**
 * The tokens of a pattern's text (URL Pattern Standard, section 2.1). {@link ConstructorString} and
 * {@link PatternParser} read them. Immutable.
 *
 * <p>A stranger's pattern has thousands, mostly one for each character, and each text is cut twice. So a token is its
 * type and where it begins, five bytes; its text is cut out where somebody asks for it.
 */
final class PatternTokens {

    enum Type { OPEN, CLOSE, REGEXP, NAME, CHAR, ESCAPED_CHAR, OTHER_MODIFIER, ASTERISK, END, INVALID_CHAR }

    private static final Type[] TYPES = Type.values();
    private static final String MARKS = ":/?#@[]";
    /** Most tokens are a character of ASCII: a pattern of thousands would else be as many texts. */
    private static final String[] CHARACTERS = new String[128];

    static {
        Arrays.setAll(CHARACTERS, c -> String.valueOf((char) c));
    }

    private final String text;
    private final byte[] types;
    private final int[] begins;
    private final int size;

    private PatternTokens(String text, Reader read) {
        this.text = text;
        types = read.types;
        begins = read.begins;
        size = read.size;
    }

    /** All of the text; {@code lenient}: a character that cannot be read becomes an INVALID_CHAR. */
    static PatternTokens of(String text, boolean lenient) throws BadPattern {
        Reader reader = new Reader(text, lenient);
        while (reader.at < text.length()) {
            reader.next();
        }
        reader.add(Type.END, text.length());
        return new PatternTokens(text, reader);
    }

    /** How many there are; the last is an END. */
    int size() {
        return size;
    }

    /** The type of one. */
    Type type(int i) {
        return TYPES[types[i]];
    }

    /** Whether it is a character that ends no component and opens no bracket of an address. */
    boolean isPlain(int i) {
        return TYPES[types[i]] == Type.CHAR && MARKS.indexOf(text.charAt(begins[i])) < 0;
    }

    /** Where it begins in the text. */
    int index(int i) {
        return begins[i];
    }

    /** Its text without the characters that only mark its type. */
    String value(int i) {
        int from = from(i);
        int to = to(i);
        boolean isOne = to == from + 1 && text.charAt(from) < CHARACTERS.length;
        return isOne ? CHARACTERS[text.charAt(from)] : text.substring(from, to);
    }

    /** Whether that is this character, and nothing more. */
    boolean is(int i, char value) {
        return to(i) == from(i) + 1 && text.charAt(from(i)) == value;
    }

    private int from(int i) {
        Type type = type(i);
        boolean isMarked = type == Type.NAME || type == Type.REGEXP || type == Type.ESCAPED_CHAR;
        return begins[i] + (isMarked ? 1 : 0);
    }

    private int to(int i) {
        Type type = type(i);
        return type == Type.END ? begins[i] : begins[i + 1] - (type == Type.REGEXP ? 1 : 0);
    }

    /** The tokenizer of the standard. For one thread, one text. */
    private static final class Reader {
        private final String text;
        private final boolean lenient;
        private final byte[] types;
        private final int[] begins;
        private int size;
        private int at;

        Reader(String text, boolean lenient) {
            this.text = text;
            this.lenient = lenient;
            types = new byte[text.length() + 1]; // a token has a character at least, but for the END
            begins = new int[text.length() + 1];
        }

        /** Reads one token. A character beyond the first plane is one token, though it is two in the text. */
        void next() throws BadPattern {
            int after = after(at);
            switch (text.charAt(at)) {
                case '*' -> add(Type.ASTERISK, after);
                case '+', '?' -> add(Type.OTHER_MODIFIER, after);
                case '{' -> add(Type.OPEN, after);
                case '}' -> add(Type.CLOSE, after);
                case ':' -> name();
                case '(' -> regexp();
                case '\\' -> {
                    if (after == text.length()) {
                        fault("a backslash at the end");
                    } else {
                        add(Type.ESCAPED_CHAR, after(after));
                    }
                }
                default -> add(Type.CHAR, after);
            }
        }

        private void name() throws BadPattern {
            int end = at + 1;
            // as an identifier of JavaScript: the first character may not be a digit
            while (end < text.length() && isNamePart(text.codePointAt(end), end == at + 1)) {
                end = after(end);
            }
            if (end == at + 1) {
                fault("a colon without a name");
            } else {
                add(Type.NAME, end);
            }
        }

        /** A regular expression up to its bracket. Only groups that capture nothing may stand in it. */
        private void regexp() throws BadPattern {
            int depth = 1;
            for (int i = at + 1; i < text.length(); i++) {
                char c = text.charAt(i);
                // a parsed URL is ASCII, so nothing else could match
                if (c > 127) {
                    fault("beyond ASCII in a regular expression");
                    return;
                }
                if (c == '\\') {
                    i++;
                    if (i == text.length() || text.charAt(i) > 127) {
                        fault("a backslash without an ASCII character");
                        return;
                    }
                // an empty one is no expression
                } else if (c == ')' && --depth == 0) {
                    if (i == at + 1) {
                        break;
                    }
                    add(Type.REGEXP, i + 1);
                    return;
                // groups are counted by the pattern, and a capturing one inside would shift its count
                } else if (c == '?' && i == at + 1 || c == '(' && !text.startsWith("?", i + 1)) {
                    fault("a capturing group within a regular expression");
                    return;
                } else if (c == '(') {
                    depth++;
                }
            }
            fault("an empty or unclosed regular expression");
        }

        private void add(Type type, int next) {
            types[size] = (byte) type.ordinal();
            begins[size++] = at;
            at = next;
        }

        /** A fault: the whole text is cut leniently first, and each component is then read strictly. */
        private void fault(String reason) throws BadPattern {
            if (!lenient) {
                throw new BadPattern(reason);
            }
            add(Type.INVALID_CHAR, at + 1);
        }

        private int after(int index) {
            return index + Character.charCount(text.codePointAt(index));
        }

        private static boolean isNamePart(int c, boolean first) {
            if (c == '$' || c == '_' || !first && (c == 0x200C || c == 0x200D)) {
                return true;
            }
            return first ? Character.isUnicodeIdentifierStart(c)
                : Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
        }
    }
}
