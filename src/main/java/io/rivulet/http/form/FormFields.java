package io.rivulet.http.form;

import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a form or of a query: names with their values, in the order they came. {@link FormDecoder} makes them,
 * and all doors read them. Immutable once decoded, any thread.
 */
public final class FormFields {

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    void add(String name, String value) {
        values.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
    }

    /** These fields, and after them the fields of the other form. */
    public FormFields and(FormFields other) {
        FormFields all = new FormFields();
        values.forEach((name, list) -> list.forEach(value -> all.add(name, value)));
        other.values.forEach((name, list) -> list.forEach(value -> all.add(name, value)));
        return all;
    }

    /** Whether the name is there, with whatever value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** All values of the name, in their order; none when it is not there. */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** All names, in the order of their first value. */
    public Set<String> names() {
        return java.util.Collections.unmodifiableSet(values.keySet());
    }

    /**
     * The only value of the name, or null.
     *
     * @throws Refused when it is given more than once: taking one of them would be a guess
     */
    public String one(String name) {
        List<String> all = values.get(name);
        if (all == null) {
            return null;
        }
        if (all.size() > 1) {
            throw Refused.malformed("the field " + name + " is given " + all.size() + " times; it may stand once");
        }
        return all.get(0);
    }

    /** The last value of the name, or null. */
    public String last(String name) {
        List<String> all = values.get(name);
        return all == null ? null : all.get(all.size() - 1);
    }

    /** As {@link #one}; an empty value counts as absent, since browsers send one for a field left blank. */
    public String oneOrBlank(String name) {
        String value = one(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
