package io.rivulet.topic;

/**
 * The answers to the last topics that a matcher was asked for, so that an event with a thousand readers, each with the
 * same grant, is matched once. Any thread: entries are immutable, and one lost to a race is worked out again.
 */
final class RecentAnswers {

    private static final int SLOTS = 8;
    /** Longer topics are not kept: a matcher must not hold more than a few kilobytes. */
    private static final int TOPIC_MAX = 512;

    private record Answer(String topic, boolean matches) {
    }

    private final Answer[] answers = new Answer[SLOTS];

    /** 1 for a match, 0 for none, -1 when it is not known. */
    int get(String topic) {
        Answer answer = answers[slot(topic)];
        return answer == null || !answer.topic.equals(topic) ? -1 : answer.matches ? 1 : 0;
    }

    boolean put(String topic, boolean matches) {
        if (topic.length() <= TOPIC_MAX) {
            answers[slot(topic)] = new Answer(topic, matches);
        }
        return matches;
    }

    private static int slot(String topic) {
        int hash = topic.hashCode();
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
