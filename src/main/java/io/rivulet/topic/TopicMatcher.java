package io.rivulet.topic;

/** What a subscriber asks for: one topic byte for byte, or every topic. Immutable; equal matchers are equal. */
public sealed interface TopicMatcher {

    /** Whether this topic is asked for. Any thread; never throws. */
    boolean matches(String topic);

    /** The text the subscriber gave. */
    String text();

    /** One topic, byte for byte: no normalisation, no base. */
    record Exact(String text) implements TopicMatcher {
        @Override
        public boolean matches(String topic) {
            return text.equals(topic);
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
    }
}
