package io.rivulet.topic;

import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one language in which people write topics: in requests to {@code /api/updates}, in settings, in roles and for
 * the command {@code token}. A text is {@code *} for all, {@code urlpattern:…}, a URI template such as {@code
 * jobs/{id}}, a beginning that ends in {@code *}, or else a name. {@link TopicSpace#written} makes a matcher of it.
 * Pure.
 *
 * <p>Tokens have names and URL patterns alone (Mercure 1.0), so a text is said as a URL pattern for them. What that
 * cannot say exactly is refused: a token that covers more than was written would be worse than none.
 */
public final class TopicLanguage {

    /** What a text begins with that is a URL pattern. */
    public static final String URL_PATTERN = "urlpattern:";
    /** Characters that mean something in the text of a URL pattern. */
    private static final Pattern SPECIAL = Pattern.compile("[{}()*+?:\\\\]");
    /** An expression whose values are one segment of a path, or all of the rest. */
    private static final Pattern EXPRESSION = Pattern.compile("\\{(\\w+|\\+\\w+(?=}$))}");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:(?!/|$)");
    private static final Pattern BEFORE_PATH = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/]*|[^/:]+:[^/]*");

    private TopicLanguage() {
    }

    /** What a text is. */
    enum Kind { ANY, NAME, BEGINNING, TEMPLATE, URL_PATTERN }

    /**
     * What this text is.
     *
     * @throws Refused for a URI template with a star behind it, which is neither
     */
    static Kind kind(String text) {
        if (text.equals(Topic.ANY)) {
            return Kind.ANY;
        }
        if (text.startsWith(URL_PATTERN)) {
            return Kind.URL_PATTERN;
        }
        if (UriTemplate.parse(text) == null) {
            return text.endsWith(Topic.ANY) ? Kind.BEGINNING : Kind.NAME;
        }
        if (text.endsWith(Topic.ANY)) {
            throw Refused.malformed("the topic " + Printable.of(text) + " is a URI template with a * behind it; write "
                + "{+rest} for whatever follows");
        }
        return Kind.TEMPLATE;
    }

    /**
     * The URL pattern that says the same; null for a name and for {@code *}, which stand for themselves.
     *
     * @throws Refused when no pattern says the same
     */
    public static String asUrlPattern(String text) {
        return switch (kind(text)) {
            case ANY, NAME -> null;
            case URL_PATTERN -> text.substring(URL_PATTERN.length());
            case BEGINNING -> ofBeginning(text.substring(0, text.length() - 1));
            case TEMPLATE -> ofTemplate(text);
        };
    }

    /** A topic that the text covers, to try a pattern with. */
    public static String example(String text) {
        return switch (kind(text)) {
            case BEGINNING -> text.substring(0, text.length() - 1) + "x";
            case TEMPLATE -> EXPRESSION.matcher(text).replaceAll("x");
            default -> text;
        };
    }

    /** The template of 0.x that says the same; the text itself where it is a name, a template or {@code *}. */
    public static String asTemplate(String text) {
        return kind(text) == Kind.BEGINNING ? text.substring(0, text.length() - 1) + "{+rest}" : text;
    }

    /** Behind a scheme a pattern without a slash would get the folder of the hub; this one has none or may have one. */
    private static String ofBeginning(String beginning) {
        Matcher scheme = SCHEME.matcher(beginning);
        int from = scheme.lookingAt() ? scheme.end() : 0;
        return escape(beginning.substring(0, from)) + (from > 0 ? "{/}?" : "") + escape(beginning.substring(from))
            + Topic.ANY;
    }

    private static String ofTemplate(String text) {
        StringBuilder pattern = new StringBuilder();
        int from = 0;
        int count = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open) + 1;
            String before = text.substring(0, open);
            if (!EXPRESSION.matcher(text).region(open, text.length()).useAnchoringBounds(false).lookingAt()
                || before.indexOf('?') >= 0 || before.indexOf('#') >= 0 || BEFORE_PATH.matcher(before).matches()) {
                throw Refused.malformed("the URI template " + Printable.of(text) + " cannot be said in a token: only "
                    + "{name} in a path, and {+name} at its end, can; write it as " + URL_PATTERN + "…");
            }
            pattern.append(escape(text.substring(from, open)));
            pattern.append(text.charAt(open + 1) == '+' ? Topic.ANY : "{:v" + ++count + "}");
            from = close;
        }
        return pattern + escape(text.substring(from));
    }

    private static String escape(String text) {
        return SPECIAL.matcher(text).replaceAll("\\\\$0");
    }
}
