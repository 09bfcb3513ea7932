package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.List;
import java.util.Set;

/**
 * A matcher whose answer costs more than a comparison. {@link TopicSpace} makes it, streams and grants ask it, and an
 * index files it. Any thread.
 *
 * <p>It remembers its last answers, and it tells the index which text stands in every topic that it matches, so that
 * the index need not ask it for others.
 */
abstract sealed class CompiledMatcher implements TopicMatcher permits TopicMatcher.Pattern,
    TopicMatcher.Template, TopicMatcher.Beginning {

    private static final int ANCHORS_MAX = 16;
    /** The effort of a pattern of some ten variables. */
    private static final int ORDINARY = 32;

    private final String text;
    private final RecentAnswers recent = new RecentAnswers();
    private final String prefix;

    /** A matcher of this text; every subject that it matches begins with {@code prefix}, which may be empty. */
    CompiledMatcher(String text, String prefix) {
        this.text = text;
        this.prefix = prefix;
    }

    @Override
    public final String text() {
        return text;
    }

    @Override
    public final boolean matches(String topic, MatchSteps steps) {
        steps.accept(1);
        int known = recent.get(topic);
        return known >= 0 ? known == 1 : recent.put(topic, answer(topic, steps));
    }

    @Override
    public final boolean matchesOnce(String topic, MatchSteps steps) {
        steps.accept(1);
        return answer(topic, steps);
    }

    @Override
    public final String beginning() {
        return readsUrls() ? "" : prefix; // a URL may be written in several ways
    }

    /** The beginning of every subject that this matches; perhaps empty. */
    final String prefix() {
        return prefix;
    }

    /**
     * Words that each stand in every subject that this matches; perhaps none. The last of them, which say most: each
     * index keeps all of them, and a pattern of four kilobytes has eight hundred. Not kept: each index asks for them
     * when the pattern comes and when it goes.
     */
    final Set<String> anchors() {
        return LiteralWords.last(literals(), ANCHORS_MAX);
    }

    /** The part of its {@link #effort} that an ordinary pattern does not have. */
    final int extraEffort() {
        return Math.max(0, effort() - ORDINARY);
    }

    /** The texts that every subject has which this matches, in order; the first and the last, or "", at its ends. */
    abstract List<String> literals();

    /**
     * Bytes that it keeps alive, its text and the answers that it remembers included, whether it has them yet or not:
     * counted when somebody asks, for a matcher lives long and is weighed seldom.
     */
    @Override
    public final long weight() {
        return HeapBytes.object(4, 0) + HeapBytes.string(text) + HeapBytes.string(prefix) + RecentAnswers.WEIGHT
            + compiledBytes();
    }

    @Override
    public abstract long compiledBytes();

    /** Steps that one character of a topic may cost, about: what trying it adds to the work for each topic. */
    abstract int effort();

    /** Whether the subject is the topic as a URL, not as it stands. */
    abstract boolean readsUrls();

    /** Whether both make the same subjects of topics. */
    abstract boolean readsLike(CompiledMatcher that);

    /** The text it is compared with: the topic, or its URL; null when that cannot match. */
    abstract String subject(String topic);

    /** The answer, worked out; the automaton's steps are added. */
    abstract boolean answer(String topic, MatchSteps steps);

    @Override
    public final boolean equals(Object other) {
        return this == other || other instanceof CompiledMatcher that && getClass() == that.getClass()
            && text.equals(that.text) && readsLike(that);
    }

    @Override
    public final int hashCode() {
        return text.hashCode() * 31 + type().hashCode();
    }

    @Override
    public final String toString() {
        return type() + " " + text;
    }

    /**
     * The answers to the last topics that a matcher was asked for, so that an event with a thousand readers, each with
     * the same grant, is matched once. Any thread: entries are immutable, and one lost to a race is worked out again.
     */
    private static final class RecentAnswers {

        private static final int SLOTS = 4;
        /** Longer topics are not kept: each matcher of each stream is charged for these answers. */
        private static final int TOPIC_MAX = 128;
        /** Bytes of all of them, when each slot has an answer of the longest topic. */
        static final long WEIGHT = HeapBytes.object(1, 0) + HeapBytes.references(SLOTS)
            + SLOTS * (HeapBytes.object(1, 1) + HeapBytes.string("x".repeat(TOPIC_MAX)));

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
}
