package io.rivulet.topic;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * The topics of a setting, such as the private ones: names, beginnings that end in {@code *}, URI templates and URL
 * patterns ({@link TopicLanguage}). Every publish asks it. Immutable, any thread.
 *
 * <p>Most such lists have names and beginnings alone, for which no matcher is needed.
 */
public final class TopicList {

    private final List<String> names;
    private final List<TopicMatcher> patterns;

    private TopicList(List<String> names, List<TopicMatcher> patterns) {
        this.names = List.copyOf(names);
        this.patterns = List.copyOf(patterns);
    }

    /**
     * As the setting says.
     *
     * @throws BadSetting when one cannot be read
     */
    public static TopicList of(Settings settings, Setting<List<String>> setting, TopicSpace space) {
        List<String> names = new ArrayList<>();
        List<TopicMatcher> patterns = new ArrayList<>();
        for (String text : settings.get(setting)) {
            try {
                TopicMatcher matcher = space.written(text);
                boolean compiled = matcher instanceof CompiledMatcher && !(matcher instanceof TopicMatcher.Beginning);
                if (compiled) {
                    patterns.add(matcher);
                } else {
                    names.add(matcher.text());
                }
            } catch (Refused e) {
                throw new BadSetting(setting.fullKey() + ": " + e.getMessage() + ": " + text);
            }
        }
        return new TopicList(names, patterns);
    }

    /** Names, and beginnings that end in {@code *}. */
    public static TopicList ofNames(List<String> names) {
        return new TopicList(names, List.of());
    }

    /** Whether one of these topics is meant, or lies at a beginning, also where it climbs out of it by dot segments. */
    public boolean coversOne(List<String> topics) {
        return Topic.covered(names, topics) || !patterns.isEmpty() && topics.stream().anyMatch(this::matches);
    }

    /** Whether this topic is meant; a beginning holds only what lies below it, as {@link Topic#lies} tells. */
    public boolean holds(String topic) {
        return Topic.lies(topic, names) || !patterns.isEmpty() && matches(topic);
    }

    private boolean matches(String topic) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(topic));
    }

    /** The texts of those that are asked for and surely lie here as a whole; the others may, too. */
    public List<String> allOf(TopicSelection topics) {
        List<String> texts = new ArrayList<>();
        for (TopicMatcher matcher : topics.matchers()) {
            boolean beginning = matcher instanceof TopicMatcher.Beginning;
            if (beginning ? Topic.covered(names, List.of(matcher.text()))
                : matcher instanceof TopicMatcher.Exact && holds(matcher.text()) || patterns.contains(matcher)) {
                texts.add(matcher.text());
            }
        }
        return texts;
    }

    /** Whether some of these topics may be among those that are asked for: false only when it is certain. */
    public boolean mayBeAmong(TopicSelection topics) {
        return !patterns.isEmpty() || names.stream().anyMatch(topic -> topic.endsWith(Topic.ANY)
            ? topics.mayMatchBeginning(topic.substring(0, topic.length() - 1)) : topics.matches(List.of(topic)));
    }
}
