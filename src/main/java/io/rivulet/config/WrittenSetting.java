package io.rivulet.config;

/**
 * A setting as it was written, for those who operate the hub. {@link Settings#written} tells it. Immutable, any thread.
 *
 * @param key    the whole one
 * @param text   the value; of a secret nothing of it
 * @param source where it stands; {@code default} for nowhere
 */
public record WrittenSetting(String key, String text, String source) {
}
