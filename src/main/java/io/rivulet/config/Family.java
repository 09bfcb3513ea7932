package io.rivulet.config;

import java.util.List;
import java.util.Locale;

/**
 * Settings that come in sections, each with a name of the operator's: {@code rivulet.token.<name>.key}. A family of one
 * value has no member names: {@code rivulet.feed.log.<name>}. The row of a member is written with the whole key, with
 * {@code <name>} in its place.
 *
 * @param prefix  what its keys begin with, after {@code rivulet.}, with a dot at the end
 * @param unnamed whether there may also be a section without a name: {@code rivulet.token.key}
 * @param members the rows, keys without the prefix; one with an empty key when a section is a single value
 */
public record Family(String prefix, boolean unnamed, List<Setting<?>> members) {

    private static final String NAME = "[a-zA-Z0-9_-]{1,64}";

    /** The meaning of a key: the section's name, empty for the unnamed one, and the member's row. */
    record Member(String section, Setting<?> row) {
    }

    /** The row of a member: no member has a range. */
    static <T> Setting<T> member(String key, Kind<T> kind, String defaultText, String sentence) {
        return new Setting<>(key, kind, defaultText, 0, 0, sentence);
    }

    /** The whole key of a member, as a person writes it. */
    public String fullKey(String name, Setting<?> member) {
        return label(name) + (member.key().isEmpty() ? "" : ".") + member.key();
    }

    /** The beginning of a section's keys, without a dot at the end. */
    String label(String name) {
        String all = Setting.PREFIX + prefix + name;
        return all.endsWith(".") ? all.substring(0, all.length() - 1) : all;
    }

    /** The key as the table shows it, without {@code rivulet.}. */
    String shownKey(Setting<?> member) {
        return fullKey("<name>", member).substring(Setting.PREFIX.length());
    }

    /** The member that this key, after {@code rivulet.}, stands for; null when it is none of this family's. */
    Member find(String key) {
        if (!key.startsWith(prefix)) {
            return null;
        }
        return find(key.substring(prefix.length()), '.');
    }

    /** The same of a name in the environment, after {@code RIVULET_}: its section has a name in lower case. */
    Member findInEnvironment(String name) {
        String begin = prefix.toUpperCase(Locale.ROOT).replace('.', '_');
        if (!name.startsWith(begin)) {
            return null;
        }
        return find(name.substring(begin.length()).toLowerCase(Locale.ROOT), '_');
    }

    private Member find(String rest, char separator) {
        for (Setting<?> member : members) {
            if (unnamed && rest.equals(member.key())) {
                return new Member("", member);
            }
            String end = member.key().isEmpty() ? "" : separator + member.key();
            if (rest.endsWith(end) && rest.substring(0, rest.length() - end.length()).matches(NAME)) {
                return new Member(rest.substring(0, rest.length() - end.length()), member);
            }
        }
        return null;
    }
}
