package io.rivulet.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One section of a {@link Family}: the values of its members. Any thread, once it is read. */
public final class Section {

    private final Family family;
    private final String name;
    private final Map<Setting<?>, Object> values = new HashMap<>();
    private final List<WrittenSetting> written = new ArrayList<>();

    Section(Family family, String name) {
        this.family = family;
        this.name = name;
    }

    /** The operator's name of it; empty for the one without. */
    public String name() {
        return name;
    }

    /** The beginning of its members' keys, for messages: {@code rivulet.token.<name>}. */
    public String label() {
        return family.label(name);
    }

    /** The value in force: that of the strongest source, else the default. */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> member) {
        Object value = values.get(member);
        return value == null ? member.parse(member.defaultText(), "default") : (T) value;
    }

    /** Whether a source has a value. */
    public boolean has(Setting<?> member) {
        return values.containsKey(member);
    }

    /** The whole key of a member, for messages. */
    public String key(Setting<?> member) {
        return family.fullKey(name, member);
    }

    /** Its members as they were written. */
    List<WrittenSetting> written() {
        return List.copyOf(written);
    }

    /** By name and values. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Section that && name.equals(that.name) && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Reads a text, unless a stronger source was read before. */
    void put(Setting<?> member, String text, String source) {
        if (!has(member)) {
            String whole = key(member).substring(Setting.PREFIX.length());
            values.put(member, new Setting<>(whole, member.kind(), "", member.min(), member.max(), "")
                .parse(text, source));
            written.add(new WrittenSetting(key(member), member.kind().isSecret() ? "a secret" : text, source));
        }
    }
}
