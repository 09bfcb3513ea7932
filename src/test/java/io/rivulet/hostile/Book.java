package io.rivulet.hostile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every event that honest publishers send: its topic, when it was sent, and whether it was acknowledged. Events are
 * numbers; their data begin with it. Publishers write, streams read, from threads of their own.
 */
final class Book {

    private final List<String> topics = new ArrayList<>();
    private long[] sentNs = new long[1_024];
    private boolean[] acknowledged = new boolean[1_024];

    /** The number of the event that is about to be sent now. */
    synchronized int enter(String topic) {
        int number = topics.size();
        topics.add(topic);
        if (number == sentNs.length) {
            sentNs = Arrays.copyOf(sentNs, 2 * number);
            acknowledged = Arrays.copyOf(acknowledged, 2 * number);
        }
        sentNs[number] = System.nanoTime();
        return number;
    }

    synchronized void acknowledge(int number) {
        acknowledged[number] = true;
    }

    synchronized boolean isAcknowledged(int number) {
        return acknowledged[number];
    }

    synchronized String topic(int number) {
        return topics.get(number);
    }

    /** Microseconds since it was sent. */
    synchronized long ageUs(int number) {
        return (System.nanoTime() - sentNs[number]) / 1_000;
    }

    synchronized int size() {
        return topics.size();
    }

    /** The number in the data of one of these events; -1 for others. */
    static int number(String data) {
        int blank = data.indexOf(' ');
        return blank > 0 && data.startsWith("n") ? Integer.parseInt(data.substring(1, blank)) : -1;
    }

    static String data(int number) {
        return "n" + number + " " + "x".repeat(40 + number % 80);
    }
}
