package io.rivulet.topic;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import io.rivulet.url.BadPattern;
import io.rivulet.url.Url;
import io.rivulet.url.UrlPattern;
import java.util.List;

/**
 * Makes matchers and selections of the texts of requests and tokens, and knows which topics are reserved. All of it
 * follows from the hub's own URL, against which relative topics and patterns are resolved. One for each hub; any
 * thread.
 *
 * <p>Thousands of streams ask for the same topics. Equal texts give the same matcher while it is remembered, so the
 * memory and the recent answers of one serve all.
 */
public final class TopicSpace {

    /** Bytes of the matchers that are kept, half of them. */
    private static final long MATCHERS_MAX = 4 << 20;
    /** The same of whole selections: a thousand that many ask for, or more; rare ones pass through. */
    private static final long SELECTIONS_MAX = 1 << 20;
    /** A longer one is hardly that of many, and would push out many. */
    private static final int SHARED_CHARS_MAX = 1 << 12;

    private final Url hub;
    private final TopicUrls urls;
    private final ReservedNamespace own;
    private final BoundedCache<CompiledMatcher> patterns =
        new BoundedCache<>(MATCHERS_MAX, CompiledMatcher::weight);
    private final BoundedCache<CompiledMatcher> templates =
        new BoundedCache<>(MATCHERS_MAX, CompiledMatcher::weight);
    private final BoundedCache<TopicSelection> selections = new BoundedCache<>(SELECTIONS_MAX, TopicSelection::weight);

    private TopicSpace(String hubUrl, Url hub) {
        this.hub = hub;
        this.urls = new TopicUrls(hubUrl, hub);
        this.own = new ReservedNamespace(hub.path());
    }

    /**
     * The topics of the hub at this URL.
     *
     * @throws IllegalArgumentException when it is no absolute http or https URL, or has a user or a fragment; the
     *                                  message does not repeat it
     */
    public static TopicSpace of(String hubUrl) {
        Url hub = Url.parse(hubUrl, null);
        if (hub == null || !hub.scheme().equals("http") && !hub.scheme().equals("https") || hubUrl.indexOf('#') >= 0
            || !hub.username().isEmpty() || !hub.password().isEmpty()) {
            throw new IllegalArgumentException("the hub's own URL (" + SettingsTable.RESOURCE.fullKey()
                + ") must be an absolute http or https "
                + "URL without a user and a fragment, such as https://host/.well-known/mercure");
        }
        return new TopicSpace(hubUrl, hub);
    }

    /** The hub's own URL, such as {@code https://example.com/.well-known/mercure}. */
    public String hubUrl() {
        return urls.hubUrl();
    }

    /** {@code match} and {@code match_exact}: byte for byte; {@code *} is any (SUB-13, SUB-17). */
    public TopicMatcher exact(String text) {
        return text.equals(Topic.ANY) ? new TopicMatcher.Any() : new TopicMatcher.Exact(text);
    }

    /**
     * {@code match_urlpattern}: a URL Pattern of the WHATWG, resolved against the hub's URL; {@code *} is any.
     *
     * @throws Refused when it is none, or one that cannot be matched in linear time; it does not say what is wrong with
     *                 it (SUB-07)
     */
    public TopicMatcher urlPattern(String text) {
        if (text.equals(Topic.ANY)) {
            return new TopicMatcher.Any("urlpattern");
        }
        TopicMatcher known = patterns.get(text);
        if (known != null) {
            return known;
        }
        try {
            CompiledMatcher matcher = new TopicMatcher.Pattern(urls, text, UrlPattern.compile(text, hub));
            patterns.put(text, matcher);
            return matcher;
        } catch (BadPattern e) {
            throw Refused.malformed("a URL pattern cannot be read: it is none as the URL Pattern Standard writes them, "
                + "or has look-around, a back-reference or more than this hub compiles");
        }
    }

    /**
     * {@code topic} of Mercure 0.x: {@code *} is any; else equal, or, when it is a URI
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
        CompiledMatcher matcher = new TopicMatcher.Template(text, template);
        templates.put(text, matcher);
        return matcher;
    }

    /**
     * A topic as people write it ({@link TopicLanguage}): {@code topic} at {@code /api/updates}, settings and roles.
     *
     * @throws Refused when it is a URL pattern that cannot be read, or a template with a star behind it
     */
    public TopicMatcher written(String text) {
        return switch (TopicLanguage.kind(text)) {
            case ANY, NAME -> exact(text);
            case TEMPLATE -> selector(text);
            case BEGINNING -> beginning(text);
            case URL_PATTERN -> urlPattern(text.substring(TopicLanguage.URL_PATTERN.length()));
        };
    }

    /**
     * The matcher that has this type and text, of another node with the same URL.
     *
     * @throws Refused when there is none
     */
    public TopicMatcher again(String type, String text) {
        return switch (type) {
            case "exact" -> exact(text);
            case "urlpattern" -> urlPattern(text);
            case "uritemplate" -> selector(text);
            case "beginning" -> beginning(text);
            default -> throw Refused.malformed("this version knows no matcher of another node's type " + type);
        };
    }

    /** In the same memory as templates, none of which has this text. */
    private TopicMatcher beginning(String text) {
        TopicMatcher known = templates.get(text);
        if (known != null) {
            return known;
        }
        CompiledMatcher matcher = new TopicMatcher.Beginning(text);
        templates.put(text, matcher);
        return matcher;
    }

    /**
     * The union of these; there is at least one. The same object for the same matchers in the same order while it is
     * remembered: thousands of streams that ask alike hold one.
     */
    public TopicSelection select(List<? extends TopicMatcher> matchers) {
        StringBuilder key = new StringBuilder();
        for (TopicMatcher matcher : matchers) { // with its length each text stands for itself
            key.append(matcher.type()).append(matcher.text().length()).append(' ').append(matcher.text());
        }
        TopicSelection known = selections.get(key.toString());
        if (known == null) {
            known = TopicSelection.of(matchers);
            if (key.length() <= SHARED_CHARS_MAX) {
                selections.put(key.toString(), known);
            }
        }
        return known;
    }

    /**
     * Time has passed: what a burst of requests asked for, and nobody since, is let go of. Its owner calls it some
     * times a minute.
     */
    public void age() {
        patterns.age();
        templates.age();
        selections.age();
        urls.age();
    }

    /**
     * Whether nobody may publish to this topic: it leads to the hub's own path or below it, or to
     * {@code /.well-known/mercure}, wherever the hub is (PUB-05).
     */
    public boolean isReserved(String topic) {
        if (ReservedNamespace.STANDARD.isPlain(topic) && own.isPlain(topic)) {
            return false;
        }
        Url url = urls.of(topic).url();
        if (url == null) {
            return false; // the text: what cannot be parsed against the hub's URL cannot name a path of the hub
        }
        return ReservedNamespace.STANDARD.isUnder(url) || own.isUnder(url)
            || !ReservedNamespace.isWhole(topic) && (ReservedNamespace.holds(topic) || own.leadsThere(topic));
    }
}
