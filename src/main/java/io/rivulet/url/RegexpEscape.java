package io.rivulet.url;

import io.rivulet.url.RegexpNode.Chars;
import java.util.Map;

/**
 * The sets that have names in a JavaScript regular expression: {@code \d}, {@code \w}, {@code \s}, {@code \p{…}}.
 * {@link RegexpReader} asks for them. Constants, any thread.
 *
 * <p>A parsed URL is ASCII: percent-encoding has taken the rest. So of each set only its part in ASCII is kept, and a
 * property without ASCII is known by its name alone, so that a pattern that is right elsewhere is not refused here.
 */
final class RegexpEscape {

    static final Chars DIGIT = Chars.range('0', '9');
    static final Chars SPACE = Chars.range('\t', '\r').or(Chars.of(' '));

    private static final Chars UPPER = Chars.range('A', 'Z');
    private static final Chars LOWER = Chars.range('a', 'z');
    private static final Chars LETTER = UPPER.or(LOWER);
    private static final Chars CONTROL = Chars.range(0, 31).or(Chars.of(127));
    private static final Chars PUNCTUATION = some("!\"#%&'()*,-./:;?@[\\]_{}");
    private static final Chars SYMBOL = some("$+<=>^`|~");
    private static final Chars HEX = DIGIT.or(Chars.range('a', 'f')).or(Chars.range('A', 'F'));

    /** General categories, by both names, as far as they have ASCII in them; the rest is {@link #WITHOUT_ASCII}. */
    private static final Map<String, Chars> CATEGORIES = Map.ofEntries(
        Map.entry("L", LETTER), Map.entry("Letter", LETTER), Map.entry("LC", LETTER),
        Map.entry("Cased_Letter", LETTER), Map.entry("Lu", UPPER), Map.entry("Uppercase_Letter", UPPER),
        Map.entry("Ll", LOWER), Map.entry("Lowercase_Letter", LOWER), Map.entry("N", DIGIT),
        Map.entry("Number", DIGIT), Map.entry("Nd", DIGIT), Map.entry("Decimal_Number", DIGIT),
        Map.entry("digit", DIGIT), Map.entry("P", PUNCTUATION), Map.entry("Punctuation", PUNCTUATION),
        Map.entry("punct", PUNCTUATION), Map.entry("Pc", some("_")), Map.entry("Connector_Punctuation", some("_")),
        Map.entry("Pd", some("-")), Map.entry("Dash_Punctuation", some("-")), Map.entry("Ps", some("([{")),
        Map.entry("Open_Punctuation", some("([{")), Map.entry("Pe", some(")]}")),
        Map.entry("Close_Punctuation", some(")]}")), Map.entry("Po", some("!\"#%&'*,./:;?@\\")),
        Map.entry("Other_Punctuation", some("!\"#%&'*,./:;?@\\")), Map.entry("S", SYMBOL),
        Map.entry("Symbol", SYMBOL), Map.entry("Sm", some("+<=>|~")), Map.entry("Math_Symbol", some("+<=>|~")),
        Map.entry("Sc", some("$")), Map.entry("Currency_Symbol", some("$")), Map.entry("Sk", some("^`")),
        Map.entry("Modifier_Symbol", some("^`")), Map.entry("Z", some(" ")), Map.entry("Separator", some(" ")),
        Map.entry("Zs", some(" ")), Map.entry("Space_Separator", some(" ")), Map.entry("C", CONTROL),
        Map.entry("Other", CONTROL), Map.entry("Cc", CONTROL), Map.entry("Control", CONTROL),
        Map.entry("cntrl", CONTROL));

    private static final Map<String, Chars> PROPERTIES = Map.ofEntries(
        Map.entry("Any", Chars.ANY), Map.entry("ASCII", Chars.ANY), Map.entry("Assigned", Chars.ANY),
        Map.entry("Alphabetic", LETTER), Map.entry("Alpha", LETTER), Map.entry("Cased", LETTER),
        Map.entry("Uppercase", UPPER), Map.entry("Upper", UPPER), Map.entry("Lowercase", LOWER),
        Map.entry("Lower", LOWER), Map.entry("White_Space", SPACE), Map.entry("space", SPACE),
        Map.entry("ASCII_Hex_Digit", HEX), Map.entry("AHex", HEX), Map.entry("Hex_Digit", HEX),
        Map.entry("Hex", HEX), Map.entry("ID_Start", LETTER), Map.entry("IDS", LETTER),
        Map.entry("ID_Continue", Chars.WORD), Map.entry("IDC", Chars.WORD), Map.entry("XID_Start", LETTER),
        Map.entry("XIDS", LETTER), Map.entry("XID_Continue", Chars.WORD), Map.entry("XIDC", Chars.WORD),
        Map.entry("Math", some("+<=>^|~")), Map.entry("Dash", some("-")),
        Map.entry("Emoji", DIGIT.or(some("#*"))), Map.entry("Script=Latin", LETTER), Map.entry("sc=Latin", LETTER),
        Map.entry("Script=Latn", LETTER), Map.entry("sc=Latn", LETTER));

    private static final java.util.Set<String> WITHOUT_ASCII = java.util.Set.of("Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me",
        "Mark", "Nl", "No", "Pi", "Pf", "So", "Zl", "Zp", "Cf", "Cs", "Co", "Cn", "Titlecase_Letter",
        "Modifier_Letter", "Other_Letter", "Nonspacing_Mark", "Spacing_Mark", "Enclosing_Mark", "Letter_Number",
        "Other_Number", "Initial_Punctuation", "Final_Punctuation", "Other_Symbol", "Line_Separator",
        "Paragraph_Separator", "Format", "Surrogate", "Private_Use", "Unassigned", "Script=Greek", "sc=Greek",
        "Script=Cyrillic", "sc=Cyrillic", "Script=Han", "sc=Han", "Emoji_Presentation", "Ideographic");

    private RegexpEscape() { }

    /** The set of {@code \p{name}}; a property that has no ASCII in it and is not known here is refused. */
    static Chars property(String name) throws BadPattern {
        // a general category may stand alone; other properties with values are listed with their values
        String category = name.startsWith("General_Category=") || name.startsWith("gc=")
            ? name.substring(name.indexOf('=') + 1) : name;
        Chars found = CATEGORIES.get(category);
        found = found == null ? PROPERTIES.get(name) : found;
        if (found == null && !WITHOUT_ASCII.contains(category)) {
            throw new BadPattern("an unknown property of characters");
        }
        return found == null ? Chars.NONE : found;
    }

    private static Chars some(String text) {
        Chars all = Chars.NONE;
        for (int i = 0; i < text.length(); i++) {
            all = all.or(Chars.of(text.charAt(i)));
        }
        return all;
    }
}
