package io.rivulet.http;

/** Text from outside, made fit for a message or a line of a log: short, printable, on one line. */
final class Shown {

    private static final int LENGTH_MAX = 80;

    private Shown() {
    }

    static String of(String text) {
        String cut = text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
        return cut.replaceAll("\\p{C}", "?");
    }
}
