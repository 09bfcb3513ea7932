package io.rivulet.url;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A token of a pattern's text (URL Pattern Standard, section 2.1). {@link ConstructorString} and {@link PatternParser}
 * read tokens. Immutable.
 *
 * @param index where it begins in the text
 * @param value its text without the characters that only mark its type
 */
record PatternToken(Type type, int index, String value) {

    enum Type { OPEN, CLOSE, REGEXP, NAME, CHAR, ESCAPED_CHAR, OTHER_MODIFIER, ASTERISK, END, INVALID_CHAR }

    /** All of the text; {@code lenient}: a character that cannot be read becomes an INVALID_CHAR. */
    static List<PatternToken> tokens(String text, boolean lenient) throws BadPattern {
        Reader reader = new Reader(text, lenient);
        while (reader.at < text.length()) {
            reader.next();
        }
        reader.add(Type.END, text.length(), text.length(), text.length());
        return reader.tokens;
    }

    /** Most tokens are a character of ASCII: a pattern of thousands would else be as many texts. */
    private static final String[] CHARACTERS = new String[128];

    static {
        Arrays.setAll(CHARACTERS, c -> String.valueOf((char) c));
    }

    private static String part(String text, int from, int to) {
        boolean isOne = to == from + 1 && text.charAt(from) < CHARACTERS.length;
        return isOne ? CHARACTERS[text.charAt(from)] : text.substring(from, to);
    }

    /** The tokenizer of the standard. For one thread, one text. */
    private static final class Reader {
        private final String text;
        private final boolean lenient;
        private final List<PatternToken> tokens = new ArrayList<>();
        private int at;

        Reader(String text, boolean lenient) {
            this.text = text;
            this.lenient = lenient;
        }

        /** Reads one token. A character beyond the first plane is one token, though it is two in the text. */
        void next() throws BadPattern {
            int after = after(at);
            switch (text.charAt(at)) {
                case '*' -> add(Type.ASTERISK, at, after, after);
                case '+', '?' -> add(Type.OTHER_MODIFIER, at, after, after);
                case '{' -> add(Type.OPEN, at, after, after);
                case '}' -> add(Type.CLOSE, at, after, after);
                case ':' -> name();
                case '(' -> regexp();
                case '\\' -> {
                    if (after == text.length()) {
                        fault("a backslash at the end");
                    } else {
                        add(Type.ESCAPED_CHAR, after, after(after), after(after));
                    }
                }
                default -> add(Type.CHAR, at, after, after);
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
                add(Type.NAME, at + 1, end, end);
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
                    add(Type.REGEXP, at + 1, i, i + 1);
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

        private void add(Type type, int from, int to, int next) {
            tokens.add(new PatternToken(type, at, part(text, from, to)));
            at = next;
        }

        /** A fault: the whole text is cut leniently first, and each component is then read strictly. */
        private void fault(String reason) throws BadPattern {
            if (!lenient) {
                throw new BadPattern(reason);
            }
            add(Type.INVALID_CHAR, at, at + 1, at + 1);
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
