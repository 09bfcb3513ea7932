/**
 * Topics, the matchers that ask for them, and the index from a topic to those who want it.
 *
 * <pre>
 *   text of a request ──▶ TopicSpace ──▶ TopicMatcher, joined in a TopicSelection ──▶ a stream's or a grant's
 *   topic of an event ──▶ TopicIndex: TopicTable (exact), PatternIndex ─ PatternFilter ──▶ those who asked
 * </pre>
 *
 * The doors and the tokens make matchers; each shard owns an index.
 */
package io.rivulet.topic;
