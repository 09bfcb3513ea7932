package io.rivulet.config;

/**
 * One row of the table of settings: its key below {@code rivulet.}, how to read it, and what a person needs to know
 * before changing it.
 *
 * @param <T>          what the text means
 * @param key          the name without {@code rivulet.}: lower-case words with dots
 * @param kind         how the text is read, which is also how it is described
 * @param defaultText  the value when nobody sets one; empty for none
 * @param min          the least value of a number, in the kind's unit
 * @param max          the greatest value of a number, in the kind's unit
 * @param sentence     what it does, in one sentence
 */
public record Setting<T>(String key, Kind<T> kind, String defaultText, long min, long max, String sentence) {

    /** The beginning of every key. */
    static final String PREFIX = "rivulet.";

    /** By the key, of which there is one row: to mix all of a row, as a record does, was 6 % of a publish. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Setting<?> setting && key.equals(setting.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** The whole name, as a system property or context parameter. */
    public String fullKey() {
        return PREFIX + key;
    }

    /** The name in the environment: {@code RIVULET_LOG_SYNC}. */
    public String environmentKey() {
        return fullKey().toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * Reads a text.
     *
     * @throws BadSetting when the text is not of this kind or out of range; the message names the key
     */
    public T parse(String text, String source) {
        T value;
        try {
            value = kind.parse().apply(text.trim());
        } catch (IllegalArgumentException e) {
            throw new BadSetting(fullKey() + " is " + shown(text) + " (" + source + "), but " + e.getMessage());
        }
        if (kind.number() != null) {
            long n = kind.number().apply(value);
            if (n < min || n > max) {
                throw new BadSetting(fullKey() + " is " + shown(text) + " (" + source + "), but must be " + range());
            }
        }
        return value;
    }

    private String shown(String text) {
        return kind.isSecret() ? "a secret" : "\"" + text + "\"";
    }

    /** The range as a person reads it; empty where the kind has none. */
    public String range() {
        return kind.number() == null ? "" : kind.show(min) + " to " + kind.show(max);
    }
}
