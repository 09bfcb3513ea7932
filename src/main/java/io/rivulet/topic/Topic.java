package io.rivulet.topic;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The rules of a topic's text (Mercure 1.0, "Topics"): of one that is published to, and of one that is asked for. The
 * doors and the events check by it. Pure, any thread.
 */
public final class Topic {

    /** Matches every topic, and so is none. */
    public static final String ANY = "*";
    /** The path of a hub's URL by default, which Mercure keeps for itself together with what is below. */
    public static final String HUB_PATH = "/.well-known/mercure";

    /** Topics of the hub's own, for those who operate it, begin so. */
    public static final String OPERATORS = "rivulet/";

    private Topic() {
    }

    /** Whether the hub itself alone publishes to this topic, and those who operate it alone read it. */
    public static boolean isForOperators(String topic) {
        return topic.startsWith(OPERATORS);
    }

    /** Whether one of these topics is such. */
    public static boolean isOneForOperators(List<String> topics) {
        for (int i = 0; i < topics.size(); i++) {
            if (isForOperators(topics.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks a topic that somebody publishes to.
     *
     * @param bytesMax the limit {@code rivulet.topic.bytes.max}
     * @throws Refused when it is empty, {@code *}, too long, or holds a control or invisible character
     */
    public static String check(String topic, int bytesMax) {
        if (topic.equals(ANY)) {
            throw Refused.malformed("the topic \"*\" is reserved: it asks for every topic and cannot be published to");
        }
        return checkText(topic, bytesMax);
    }

    /** Checks a topic that somebody asks for; {@code *} is allowed. */
    public static String checkText(String topic, int bytesMax) {
        if (topic.isEmpty()) {
            throw Refused.malformed("a topic is empty");
        }
        int bytes = topic.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            throw Refused.malformed("a topic has " + bytes + " bytes; at most " + bytesMax
                + " are allowed (" + SettingsTable.TOPIC_BYTES_MAX.fullKey() + ")");
        }
        int at = firstHidden(topic);
        if (at >= 0) {
            throw Refused.malformed("a topic holds the character " + name(topic.codePointAt(at)) + " at index " + at
                + "; control and invisible format characters are not allowed");
        }
        return topic;
    }

    /** Whether one of the patterns (names, or beginnings that end in {@code *}) covers one of the topics. */
    public static boolean covered(List<String> patterns, List<String> topics) {
        for (String pattern : patterns) {
            for (String topic : topics) {
                if (pattern.endsWith(ANY) ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
                    : topic.equals(pattern)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether one of the names, or beginnings that end in {@code *}, holds this topic. A beginning holds what lies
     * below it: not {@code quotes/../clock}, whose URL says nothing of quotes, and which a pattern may match that
     * matches no quote.
     */
    public static boolean lies(String topic, List<String> below) {
        return covered(below, List.of(topic)) && (!climbs(topic) || below.contains(topic));
    }

    /** Whether a part of it between slashes is {@code .} or {@code ..}, as a URL parser reads them. */
    static boolean climbs(String topic) {
        if (topic.indexOf('.') < 0 && topic.indexOf('%') < 0) {
            return false; // as nearly all
        }
        for (String part : topic.split("[/\\\\?#]", -1)) {
            String dots = part.toLowerCase(Locale.ROOT).replace("%2e", ".");
            if (dots.equals(".") || dots.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** Index of the first C0, DEL, C1 or format (Cf) character, or lone surrogate; -1 when there is none. */
    public static int firstHidden(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int type = Character.getType(c);
            if (type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE) {
                return i;
            }
            i += Character.charCount(c);
        }
        return -1;
    }

    /** {@code U+000A}: how a message names a character it must not repeat. */
    public static String name(int codePoint) {
        return String.format("U+%04X", codePoint);
    }
}
