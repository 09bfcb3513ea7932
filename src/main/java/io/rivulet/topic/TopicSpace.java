package io.rivulet.topic;

import io.rivulet.limit.Refused;

/**
 * How this hub reads topics: its own URL, against which relative topics and patterns are resolved, and the matchers
 * that follow from it. One for each hub; any thread.
 */
public final class TopicSpace {

    /** Characters of the texts whose compiled matchers are kept, half of them. */
    private static final long MATCHERS_MAX = 1 << 19;

    private final String hubUrl;
    private final BoundedCache<TopicMatcher> templates = new BoundedCache<>(MATCHERS_MAX);

    private TopicSpace(String hubUrl) {
        this.hubUrl = hubUrl;
    }

    /**
     * The topics of the hub at this URL.
     *
     * @throws IllegalArgumentException when it is no absolute http or https URL
     */
    public static TopicSpace of(String hubUrl) {
        return new TopicSpace(hubUrl);
    }

    /** The hub's own URL, such as {@code https://example.com/.well-known/mercure}. */
    public String hubUrl() {
        return hubUrl;
    }

    /** {@code match} and {@code match_exact}: byte for byte; {@code *} is any (SUB-13, SUB-17). */
    public TopicMatcher exact(String text) {
        return text.equals(Topic.ANY) ? new TopicMatcher.Any() : new TopicMatcher.Exact(text);
    }

    /**
     * {@code match_urlpattern}: a URL Pattern of the WHATWG, resolved against the hub's URL; {@code *} is any.
     *
     * @throws Refused when it is none, or one that cannot be matched in linear time
     */
    public TopicMatcher urlPattern(String text) {
        if (text.equals(Topic.ANY)) {
            return new TopicMatcher.Any();
        }
        throw Refused.malformed("URL patterns are not built yet in this version of the hub");
    }

    /**
     * {@code topic} of Mercure 0.x and of {@code /api/updates}: {@code *} is any; else equal, or, when it is a URI
     * template (RFC 6570), what the template could have made (OLD-02). Text that is no template is only equal.
     */
    public TopicMatcher selector(String text) {
        TopicMatcher known = templates.get(text);
        if (known != null) {
            return known;
        }
        UriTemplate template = UriTemplate.parse(text);
        if (template == null) {
            return exact(text);
        }
        TopicMatcher matcher = new TopicMatcher.Template(text, template);
        templates.put(text, matcher);
        return matcher;
    }

    /** Whether nobody may publish to this topic: it leads to the hub's own path or below it (PUB-05). */
    public boolean isReserved(String topic) {
        return ReservedNamespace.holds(topic);
    }
}
