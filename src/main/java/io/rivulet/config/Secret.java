package io.rivulet.config;

/** A text that nobody may read by accident: it shows itself in no log, no message and no dump. Immutable. */
public final class Secret {

    private final String text;

    /** Hides this text. */
    public Secret(String text) {
        this.text = text;
    }

    /** The text itself, for those who check or sign with it. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "a secret";
    }
}
