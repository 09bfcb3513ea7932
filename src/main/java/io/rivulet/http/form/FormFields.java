package io.rivulet.http.form;

import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a form or of a query: names with their values, in the order they came. {@link FormDecoder} makes them,
 * and all doors read them. Immutable once decoded, any thread.
 */
public final class FormFields {

    /** Nearly always few, and one is made for each publish. */
    private final Map<String, List<String>> values = new LinkedHashMap<>(4);
    /** Names that have a value which is no text, with the character set that it should be of; nearly always null. */
    private Map<String, Charset> broken;

    public void add(String name, String value) {
        values.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
    }

    /** Adds a value as bytes; one that is not of this character set is noted as such. */
    void add(String name, byte[] bytes, int from, int to, Charset charset) {
        try {
            add(name, text(bytes, from, to, charset));
        } catch (CharacterCodingException e) {
            add(name, "");
            noteBroken(name, charset);
        }
    }

    /** Notes that a name was no text; it has been made one that nobody knows. */
    void noteBroken(String name, Charset charset) {
        broken = broken == null ? new HashMap<>() : broken;
        broken.put(name, charset);
    }

    static String text(byte[] bytes, int from, int to, Charset charset) throws CharacterCodingException {
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= bytes[i];
        }
        // ASCII, as nearly every name and topic is: valid as it stands, no decoder is needed
        return all >= 0 && charset == StandardCharsets.UTF_8
            ? new String(bytes, from, to - from, StandardCharsets.US_ASCII)
            : charset.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString();
    }

    /** The values of this name, or null. */
    private List<String> values(String name) {
        checkText(name);
        return values.get(name);
    }

    /** Refuses a name that is, or has a value that is, no text. */
    void checkText(String name) {
        if (broken != null && broken.containsKey(name)) {
            throw Refused.malformed("the field " + Printable.of(name) + " is no valid " + broken.get(name).name());
        }
    }

    /** These fields, and after them the fields of the other form. */
    public FormFields and(FormFields other) {
        FormFields all = new FormFields();
        values.forEach((name, list) -> list.forEach(value -> all.add(name, value)));
        other.values.forEach((name, list) -> list.forEach(value -> all.add(name, value)));
        all.takeBroken(this);
        all.takeBroken(other);
        return all;
    }

    private void takeBroken(FormFields of) {
        if (of.broken != null) {
            of.broken.forEach(this::noteBroken);
        }
    }

    /** Whether the name is there, with whatever value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * All values of the name, in their order; none when it is not there.
     *
     * @throws Refused when one of them is no text
     */
    public List<String> all(String name) {
        List<String> all = values(name);
        return all == null ? List.of() : List.copyOf(all);
    }

    /** All names, in the order of their first value. */
    public Set<String> names() {
        return java.util.Collections.unmodifiableSet(values.keySet());
    }

    /**
     * The only value of the name, or null.
     *
     * @throws Refused when it is given more than once, since taking one of them would be a guess, or is no text
     */
    public String one(String name) {
        List<String> all = values(name);
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
        List<String> all = values(name);
        return all == null ? null : all.get(all.size() - 1);
    }

    /** As {@link #one}; an empty value counts as absent, since browsers send one for a field left blank. */
    public String oneOrBlank(String name) {
        String value = one(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
