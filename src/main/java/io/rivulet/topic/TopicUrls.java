package io.rivulet.topic;

import io.rivulet.url.Url;

/**
 * Topics read as URLs, relative to the hub's own: one for each {@link TopicSpace}, shared with the patterns that it
 * makes. Any thread.
 *
 * <p>An event is asked about by many patterns in a row, so each topic is parsed once and remembered for a while.
 */
final class TopicUrls {

    /** Bytes of the topics that are remembered and of their URLs, half of them. */
    private static final long TOPICS_MAX = 2 << 20;

    private final String hubUrl;
    private final Url hub;
    private final BoundedCache<TopicUrl> known = new BoundedCache<>(TOPICS_MAX, TopicUrl::weight);

    /** Relative to {@code hub}, which was parsed from {@code hubUrl}. */
    TopicUrls(String hubUrl, Url hub) {
        this.hubUrl = hubUrl;
        this.hub = hub;
    }

    /** The hub's own URL, as the settings write it: patterns of the same one read topics alike. */
    String hubUrl() {
        return hubUrl;
    }

    /** The topic as a URL. */
    TopicUrl of(String topic) {
        TopicUrl url = known.get(topic);
        if (url == null) {
            url = TopicUrl.of(topic, hub);
            known.put(topic, url);
        }
        return url;
    }

    /** See {@link TopicSpace#age}. */
    void age() {
        known.age();
    }

    /** The common beginning of the URLs of all topics that begin so and have no dot segments; "" for none. */
    String beginning(String beginning) {
        return TopicUrl.beginning(beginning, hub);
    }
}
