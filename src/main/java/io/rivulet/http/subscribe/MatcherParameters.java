package io.rivulet.http.subscribe;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Reads which topics a subscriber asks for: Mercure 1.0's {@code match}, {@code match_exact} and {@code
 * match_urlpattern} (SUB-03 to SUB-09), and {@code topic}, of Mercure 0.x and of {@code /api/updates}. All doors that
 * read use it. Immutable, any thread.
 */
public final class MatcherParameters {

    /** Of all texts together: a stream keeps them while it lasts, and the cap on streams counts on kilobytes. */
    private static final int CHARS_MAX = 64 << 10;
    /** Of all compiled patterns together: a few characters, such as <code>{x:1000}</code>, may take kilobytes. */
    private static final long PATTERN_BYTES_MAX = 512 << 10;
    private static final String TOPIC = "topic";
    private static final String BEGINNING = "match";
    private static final String URL_PATTERN = "urlpattern:";

    /** Work that is done at once: it takes no longer than to read the request. */
    private static final int CHEAP_CHARS = 1_024;
    private static final int CHEAP_PATTERNS = 4;

    private final TopicSpace space;
    private final CostlyTurns turns;
    private final int countMax;
    private final int bytesMax;
    private final List<String> whenNone;

    /**
     * The parameters of a hub with these topics.
     *
     * @throws io.rivulet.config.BadSetting when a topic of {@code default.topics} cannot be read
     */
    public MatcherParameters(TopicSpace space, CostlyTurns turns, Settings settings) {
        this.space = space;
        this.turns = turns;
        countMax = settings.get(SettingsTable.MATCHERS_MAX);
        bytesMax = settings.get(SettingsTable.TOPIC_BYTES_MAX);
        whenNone = settings.get(SettingsTable.DEFAULT_TOPICS);
        TopicList.of(settings, SettingsTable.DEFAULT_TOPICS, space); // throws when one cannot be read
    }

    /** Whether one of the fields is a matcher of Mercure 1.0, or looks like one. */
    public static boolean hasMatch(FormFields fields) {
        return fields.names().stream().anyMatch(MatcherParameters::looksLikeMatch);
    }

    /** What may stand beside {@code topic} for one topic; these and what looks like one of them are read here. */
    public static KnownFields with(String... names) {
        return KnownFields.of(Stream.concat(Stream.of(TOPIC, "match", "match_exact", "match_urlpattern"),
            Stream.of(names)).toArray(String[]::new)).or(MatcherParameters::looksLikeMatch);
    }

    /** Whether there is a {@code topic}. */
    public static boolean hasTopic(FormFields fields) {
        return fields.has(TOPIC);
    }

    /**
     * All topics that are asked for.
     *
     * @param peer the address that asks
     * @throws Refused when there are none or too many, or one has a fault
     */
    TopicSelection selection(FormFields fields, String peer) {
        return selection(fields, peer, this::ofProtocol);
    }

    private TopicSelection selection(FormFields fields, String peer,
                                     BiFunction<String, String, TopicMatcher> matcher) {
        List<String> names = fields.names().stream().filter(n -> looksLikeMatch(n) || n.equals(TOPIC)).toList();
        int count = names.stream().mapToInt(name -> fields.all(name).size()).sum();
        if (count > countMax) { // before any of them is compiled
            throw Refused.malformed("the request asks for " + count + " topics and patterns; at most " + countMax
                + " are allowed (" + SettingsTable.MATCHERS_MAX.fullKey() + ")");
        }
        int chars = names.stream().flatMap(name -> fields.all(name).stream()).mapToInt(String::length).sum();
        if (chars > CHARS_MAX) {
            throw Refused.malformed("the topics and patterns of the request have " + chars + " characters; together "
                + "they may have " + CHARS_MAX);
        }
        return chars <= CHEAP_CHARS && patterns(fields, names) <= CHEAP_PATTERNS
            ? compiled(fields, names, matcher)
            : turns.take(peer, () -> compiled(fields, names, matcher));
    }

    /** How many are no plain topic, about. */
    private static long patterns(FormFields fields, List<String> names) {
        return names.stream().flatMap(name -> fields.all(name).stream().filter(value ->
            name.equals("match_urlpattern") || value.startsWith("urlpattern:") || value.indexOf('{') >= 0
                || value.indexOf('*') >= 0)).count();
    }

    private TopicSelection compiled(FormFields fields, List<String> names,
                                    BiFunction<String, String, TopicMatcher> matcher) {
        Set<TopicMatcher> matchers = new LinkedHashSet<>();
        long bytes = 0;
        for (String name : names) {
            for (String value : fields.all(name)) {
                TopicMatcher one = matcher.apply(name, value);
                bytes += matchers.add(one) ? one.compiledBytes() : 0;
                checkBytes(bytes, "the request"); // each time: what is refused is not compiled to its end
                if (one.compiledBytes() > 0) {
                    turns.giveWay();
                }
            }
        }
        if (matchers.isEmpty()) {
            throw Refused.malformed("the request has no match parameter: it asks for nothing");
        }
        return space.select(List.copyOf(matchers));
    }

    private static void checkBytes(long bytes, String whose) {
        if (bytes > PATTERN_BYTES_MAX) {
            throw Refused.malformed("the patterns of " + whose + " take " + bytes
                + " bytes and more once they are compiled; together they may take " + PATTERN_BYTES_MAX);
        }
    }

    /**
     * What a stream asks for once these were taken away and those added, as people write them. The bounds of a request
     * are those of the stream after each change.
     *
     * @param remove as they were added, or as the stream tells them; one that the stream does not have is passed over,
     *               so that a change may be asked for once more when nobody knows what became of it
     * @param peer   the address that asks
     * @return makes it of what the stream has, any thread; throws {@link Refused} where that is nothing or too much
     * @throws Refused when one of the added has a fault
     */
    public UnaryOperator<TopicSelection> change(List<String> add, List<String> remove, String peer) {
        FormFields fields = new FormFields();
        add.forEach(text -> fields.add(TOPIC, text));
        List<TopicMatcher> added = add.isEmpty() ? List.of() : selection(fields, peer, this::ofUpdates).matchers();
        Set<String> removed = Set.copyOf(remove);
        return now -> {
            Set<TopicMatcher> matchers = new LinkedHashSet<>(now.matchers());
            matchers.removeIf(one -> removed.contains(one.text())
                || one.type().equals("urlpattern") && removed.contains(URL_PATTERN + one.text()));
            matchers.addAll(added);
            if (matchers.isEmpty()) {
                throw Refused.malformed("the stream would ask for nothing; DELETE ends it");
            }
            checkCount(matchers.size());
            checkChars(matchers.stream().mapToInt(one -> one.text().length()).sum());
            checkBytes(matchers.stream().mapToLong(TopicMatcher::compiledBytes).sum(), "the stream");
            return space.select(List.copyOf(matchers));
        };
    }

    private void checkCount(int count) {
        if (count > countMax) {
            throw Refused.malformed("the stream would ask for " + count + " topics and patterns; at most " + countMax
                + " are allowed (" + SettingsTable.MATCHERS_MAX.fullKey() + ")");
        }
    }

    private static void checkChars(int chars) {
        if (chars > CHARS_MAX) {
            throw Refused.malformed("the topics and patterns of the stream would have " + chars
                + " characters; together they may have " + CHARS_MAX);
        }
    }

    /**
     * As {@link #selection}, with topics as people write them ({@link TopicSpace#written}); where nothing is asked for,
     * the topics of the settings.
     *
     * @param peer the address that asks
     */
    public TopicSelection selectionOrDefault(FormFields fields, String peer) {
        if (hasMatch(fields) || hasTopic(fields)) {
            return selection(fields, peer, this::ofUpdates);
        }
        if (whenNone.isEmpty()) {
            throw Refused.malformed("the request names no topic, and " + SettingsTable.DEFAULT_TOPICS.fullKey()
                + " is empty");
        }
        return space.select(whenNone.stream().map(topic -> ofUpdates(TOPIC, topic)).toList());
    }

    private TopicMatcher ofUpdates(String name, String value) {
        String text = Topic.checkText(value, bytesMax);
        return name.equals(TOPIC) ? space.written(text) : ofMatch(name, text);
    }

    /**
     * By the protocol. An empty text is one as well (a name without a value has it, SUB-03): nothing forbids it in a
     * subscription. As a topic it would be the hub's own URL, which nobody may publish to, so it matches nothing.
     */
    private TopicMatcher ofProtocol(String name, String value) {
        String text = value.isEmpty() ? value : Topic.checkText(value, bytesMax);
        return name.equals(TOPIC) ? space.selector(text) : ofMatch(name, text);
    }

    private TopicMatcher ofMatch(String name, String text) {
        return switch (name) {
            case "match", "match_exact" -> space.exact(text);
            case "match_urlpattern" -> space.urlPattern(text);
            default -> throw Refused.malformed("the parameter " + Printable.of(name)
                + " is no matcher; there are match, match_exact and match_urlpattern, in lower case");
        };
    }

    /** Compared without regard to the case of ASCII letters (SUB-05). */
    private static boolean looksLikeMatch(String name) {
        return name.length() >= BEGINNING.length()
            && name.substring(0, BEGINNING.length()).toLowerCase(Locale.ROOT).equals(BEGINNING);
    }
}
