package io.rivulet.refusal;

/** Text from outside, made fit for a message or a line of a log: short, printable, on one line. Pure, any thread. */
public final class Printable {

    private static final int LENGTH_MAX = 80;

    private Printable() {
    }

    /** At most 80 characters of it, with a question mark for each that nobody could see. */
    public static String of(String text) {
        return cut(text, LENGTH_MAX).replaceAll("\\p{C}", "?");
    }

    /** At most so many characters of it, with three dots where more follow. */
    public static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax) + "...";
    }
}
