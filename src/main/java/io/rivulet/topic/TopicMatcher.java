package io.rivulet.topic;

/**
 * What a subscriber asks for, or a token grants: one topic byte for byte, those of a pattern, or every topic.
 * Immutable; equal matchers are equal. {@link TopicSpace} makes them.
 */
public sealed interface TopicMatcher permits TopicMatcher.Exact, TopicMatcher.Any, CompiledMatcher {

    /** Whether this topic is asked for. Any thread; never throws. */
    boolean matches(String topic);

    /** The text the subscriber gave. */
    String text();

    /** What Mercure calls the kind: {@code exact} or {@code urlpattern}; {@code uritemplate} is of 0.x alone. */
    String type();

    /**
     * Whether a topic that begins so may match: false only when it is certain that none does. For what was forgotten
     * of topics that are known by their beginnings only.
     */
    boolean mayMatchBeginning(String prefix);

    /** One topic, byte for byte: no normalisation, no base. */
    record Exact(String text) implements TopicMatcher {
        @Override
        public boolean matches(String topic) {
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

    /** Every topic: {@code *}. */
    record Any() implements TopicMatcher {
        @Override
        public boolean matches(String topic) {
            return true;
        }

        @Override
        public String text() {
            return Topic.ANY;
        }

        @Override
        public String type() {
            return "exact";
        }

        @Override
        public boolean mayMatchBeginning(String prefix) {
            return true;
        }
    }

    /** What a URI template (RFC 6570) could have made, and its own text (Mercure 0.x, OLD-02). */
    final class Template extends CompiledMatcher {

        private final UriTemplate template;

        Template(String text, UriTemplate template) {
            super(text, template.literals());
            this.template = template;
        }

        @Override
        public String type() {
            return "uritemplate";
        }

        @Override
        boolean readsUrls() {
            return false;
        }

        @Override
        String subject(String topic) {
            return topic;
        }

        @Override
        boolean judge(String topic) {
            return topic.startsWith(prefix()) && (topic.equals(text()) || template.matches(topic));
        }

        @Override
        public boolean mayMatchBeginning(String beginning) {
            return text().startsWith(beginning) || template.mayBegin(beginning);
        }
    }
}
