package io.rivulet.topic;

import java.util.List;
import java.util.function.Consumer;

/**
 * From a topic to those who asked for it, without trying everybody's matchers. One thread owns an index. All patterns
 * in one index are of one {@link TopicSpace}.
 *
 * @param <T> who asks; compared by identity of the object given to {@link #add}
 */
public final class TopicIndex<T> {

    private final TopicTable<T> exact = new TopicTable<>();
    private final IdentityBag<T> any = new IdentityBag<>();
    private final PatternIndex<T> patterns;

    /** An index of topics that come again and again: what each matched is remembered. */
    public TopicIndex() {
        this(true);
    }

    private TopicIndex(boolean remembers) {
        patterns = new PatternIndex<>(remembers);
    }

    /** An index of topics that hardly ever come again, and of which each would take kilobytes to be remembered. */
    public static <T> TopicIndex<T> ofFreshTopics() {
        return new TopicIndex<>(false);
    }

    /** Registers {@code who} for all of the selection, where nobody has to be told apart. */
    void add(TopicSelection selection, T who) {
        add(selection, who, null);
    }

    /**
     * Registers {@code who} for all of the selection.
     *
     * @param owner the address that is charged for what its patterns take of the index, or null
     */
    public void add(TopicSelection selection, T who, Object owner) {
        if (selection.isAny()) {
            any.add(who);
            return;
        }
        for (String topic : selection.exact()) {
            exact.add(topic, who);
        }
        for (CompiledMatcher matcher : selection.compiled()) {
            patterns.add(matcher, who, owner);
        }
    }

    /**
     * What a fresh topic may cost at worst, because nothing literal spares its patterns or because they are costly:
     * such an ordinary one counts as one, a costly one as one for each four steps that a character takes. Equal ones
     * count once.
     *
     * <p>It is a sum over all, wherever they are filed: a topic has many words, and each may lead to many patterns. A
     * few for each word are free, or thousands of streams with words of their own would count.
     */
    public int load() {
        return patterns.load();
    }

    /** The part of it that comes from costly patterns alone. */
    public int heavyLoad() {
        return patterns.heavyLoad();
    }

    /** The steps that patterns took until now: a test shows with it what a fresh topic costs. */
    public long steps() {
        return patterns.steps();
    }

    /** Takes {@code who} out again; the same selection as when it was added. Costs the same however many there are. */
    public void remove(TopicSelection selection, T who) {
        if (selection.isAny()) {
            any.remove(who);
            return;
        }
        for (String topic : selection.exact()) {
            exact.remove(topic, who);
        }
        for (CompiledMatcher matcher : selection.compiled()) {
            patterns.remove(matcher, who);
        }
    }

    /** A new round of the shard, whose events may take steps of their own. */
    public void newRound() {
        patterns.newRound();
    }

    /** Calls {@code action} for everyone who asked for one of the topics, whatever it takes to find them. */
    public void forEach(List<String> topics, Consumer<T> action) {
        forEach(topics, action, null);
    }

    /**
     * Calls {@code action} for everyone who asked for one of the topics. A stream that asked for several of them, or
     * for one in several ways, may be called several times: the caller knows cheaper than a set whether it has
     * seen this event.
     *
     * @param untried takes those who may have asked for one: trying their patterns would take more steps than the
     *                events of a round may take
     */
    public void forEach(List<String> topics, Consumer<T> action, Consumer<T> untried) {
        each(any, action);
        for (int i = 0; i < topics.size(); i++) {
            forEachNamer(topics.get(i), action);
        }
        if (!patterns.isEmpty()) {
            patterns.forEach(topics, action, untried);
        }
    }

    /** Calls {@code action} for everyone who asked for this topic by its name. */
    public void forEachNamer(String topic, Consumer<T> action) {
        IdentityBag<T> askers = exact.get(topic);
        if (askers != null) {
            each(askers, action);
        }
    }

    /** Whether anybody asked for this topic. */
    public boolean hears(String topic) {
        return any.size() > 0 || exact.get(topic) != null || !patterns.isEmpty() && patterns.hears(topic);
    }

    /**
     * Tries the patterns that were not tried with this topic yet, in about so many steps; returns whether none is left.
     * Else the next call goes on.
     */
    public boolean isTried(String topic, long stepsMax) {
        return patterns.isEmpty() || patterns.isTried(topic, stepsMax);
    }

    /** How many topics it remembers: a test shows with it what strangers may leave behind. */
    int kept() {
        return patterns.kept();
    }

    /** How often a pattern was tried with a topic: a test shows with it that an index spares almost all of them. */
    long tried() {
        return patterns.tried();
    }

    private static <T> void each(IdentityBag<T> askers, Consumer<T> action) {
        for (int i = 0; i < askers.size(); i++) {
            action.accept(askers.get(i));
        }
    }
}
