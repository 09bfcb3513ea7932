package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import io.rivulet.url.UrlPattern;
import java.util.List;

/**
 * A set of topics that a subscriber asks for or a token grants: one topic byte for byte, those of a pattern, or every
 * topic. {@link TopicSpace} makes matchers. Immutable, any thread; matchers of the same kind and text are equal.
 */
public sealed interface TopicMatcher permits TopicMatcher.Exact, TopicMatcher.Any, CompiledMatcher {

    /** Whether this topic is asked for. Any thread; never throws. */
    default boolean matches(String topic) {
        return matches(topic, MatchSteps.UNCOUNTED);
    }

    /** The same; what it cost is added to the steps. */
    boolean matches(String topic, MatchSteps steps);

    /**
     * The same for whoever looks through the names of a log, each once: the answer is not kept for the next one, which
     * would make garbage of as many answers as there are names.
     */
    default boolean matchesOnce(String topic, MatchSteps steps) {
        return matches(topic, steps);
    }

    /** Text that every topic begins with which this matches; perhaps empty. */
    default String beginning() {
        return "";
    }

    /** The text the subscriber gave. */
    String text();

    /** Bytes that it keeps alive in memory; see {@link io.rivulet.heap.HeapBytes}. */
    long weight();

    /** The part of them that it was compiled to; 0 where nothing was compiled. */
    default long compiledBytes() {
        return 0;
    }

    /**
     * The kind, in Mercure's words: {@code exact} or {@code urlpattern}; 0.x has {@code uritemplate}, and
     * {@code /api/updates} has {@code beginning} as well.
     */
    String type();

    /**
     * Whether a topic that begins so, and does not climb out of it by dot segments, may match: false only when it is
     * certain that none does. For topics that are known by their beginnings only.
     */
    boolean mayMatchBeginning(String prefix);

    /** One topic, byte for byte: no normalisation, no base. */
    record Exact(String text) implements TopicMatcher {
        @Override
        public long weight() {
            return HeapBytes.object(1, 0) + HeapBytes.string(text);
        }

        @Override
        public boolean matches(String topic, MatchSteps steps) {
            steps.accept(1);
            return text.equals(topic);
        }

        @Override
        public String type() {
            return "exact";
        }

        @Override
        public boolean mayMatchBeginning(String prefix) {
            return text.startsWith(prefix);
        }
    }

    /**
     * Every topic: {@code *}, which each kind of matcher knows.
     *
     * @param type the kind it was asked as, for presence tells it
     */
    record Any(String type) implements TopicMatcher {

        /** As an exact matcher. */
        public Any() {
            this("exact");
        }

        @Override
        public boolean matches(String topic, MatchSteps steps) {
            steps.accept(1);
            return true;
        }

        @Override
        public long weight() {
            return HeapBytes.object(1, 0);
        }

        @Override
        public String text() {
            return Topic.ANY;
        }

        @Override
        public boolean mayMatchBeginning(String prefix) {
            return true;
        }
    }

    /**
     * The topics that begin so, {@code quotes/*}, but none that climbs out of it by dot segments: {@code
     * quotes/../clock} says nothing of quotes, and a URL pattern may match it that matches no quote.
     */
    final class Beginning extends CompiledMatcher {

        Beginning(String text) {
            super(text, text.substring(0, text.length() - 1));
        }

        @Override
        public String type() {
            return "beginning";
        }

        @Override
        List<String> literals() {
            return List.of(prefix(), "");
        }

        @Override
        public long compiledBytes() {
            return 0;
        }

        @Override
        int effort() {
            return 1;
        }

        @Override
        boolean readsUrls() {
            return false;
        }

        @Override
        boolean readsLike(CompiledMatcher that) {
            return that instanceof Beginning;
        }

        @Override
        String subject(String topic) {
            return topic;
        }

        @Override
        boolean answer(String topic, MatchSteps steps) {
            steps.accept(topic.length());
            return topic.startsWith(prefix()) && !Topic.climbs(topic);
        }

        @Override
        public boolean mayMatchBeginning(String beginning) {
            return prefix().startsWith(beginning) || beginning.startsWith(prefix());
        }
    }

    /** The texts that a URI template (RFC 6570) could have made, and its own text (Mercure 0.x, OLD-02). */
    final class Template extends CompiledMatcher {

        private final UriTemplate template;

        Template(String text, UriTemplate template) {
            super(text, template.prefix());
            this.template = template;
        }

        @Override
        public String type() {
            return "uritemplate";
        }

        @Override
        List<String> literals() {
            return template.literals();
        }

        @Override
        public long compiledBytes() {
            return template.weight();
        }

        @Override
        int effort() {
            return template.effort();
        }

        @Override
        boolean readsUrls() {
            return false;
        }

        @Override
        boolean readsLike(CompiledMatcher that) {
            return that instanceof Template;
        }

        @Override
        String subject(String topic) {
            return topic;
        }

        @Override
        boolean answer(String topic, MatchSteps steps) {
            return topic.startsWith(prefix()) && (topic.equals(text()) || template.matches(topic, steps));
        }

        @Override
        public boolean mayMatchBeginning(String beginning) {
            return text().startsWith(beginning) || template.mayBegin(beginning);
        }
    }

    /** A URL Pattern of the WHATWG; a topic is read as a URL reference, relative to the hub's (SUB-14). */
    final class Pattern extends CompiledMatcher {

        private final TopicUrls urls;
        private final UrlPattern pattern;

        Pattern(TopicUrls urls, String text, UrlPattern pattern) {
            super(text, pattern.literalPrefix());
            this.urls = urls;
            this.pattern = pattern;
        }

        @Override
        public String type() {
            return "urlpattern";
        }

        @Override
        List<String> literals() {
            return pattern.literals();
        }

        @Override
        public long compiledBytes() {
            return pattern.weight();
        }

        @Override
        int effort() {
            return pattern.effort();
        }

        @Override
        boolean readsUrls() {
            return true;
        }

        @Override
        boolean readsLike(CompiledMatcher that) {
            return that instanceof Pattern other && other.urls.hubUrl().equals(urls.hubUrl());
        }

        @Override
        String subject(String topic) {
            return urls.of(topic).text();
        }

        @Override
        boolean answer(String topic, MatchSteps steps) {
            steps.accept(topic.length()); // it is looked up, or parsed
            TopicUrl topicUrl = urls.of(topic);
            return topicUrl.url() != null && topicUrl.text().startsWith(prefix())
                && pattern.matches(topicUrl.url(), steps, steps.lists());
        }

        @Override
        public boolean mayMatchBeginning(String beginning) {
            String url = urls.beginning(beginning);
            return url.startsWith(prefix()) || prefix().startsWith(url);
        }
    }
}
