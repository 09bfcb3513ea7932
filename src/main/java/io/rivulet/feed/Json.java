package io.rivulet.feed;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** One flat JSON object on one line, its members in the order they were given. */
final class Json {

    private final StringWriter text = new StringWriter(128);
    private final JsonWriter writer = new JsonWriter(text);

    Json() {
        step(writer::beginObject);
    }

    Json with(String name, String value) {
        return step(() -> writer.name(name).value(value));
    }

    Json with(String name, boolean value) {
        return step(() -> writer.name(name).value(value));
    }

    Json with(String name, long value) {
        return step(() -> writer.name(name).value(value));
    }

    /** A number with so many digits after the point at most. */
    Json with(String name, double value, int digits) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).stripTrailingZeros();
        return step(() -> writer.name(name).value(new BigDecimal(rounded.toPlainString())));
    }

    /** A number as somebody wrote it. */
    Json with(String name, BigDecimal value) {
        return step(() -> writer.name(name).value(value));
    }

    /** The object; the last call. */
    String text() {
        step(writer::endObject);
        return text.toString();
    }

    private interface Step {
        Object run() throws IOException;
    }

    private Json step(Step step) {
        try {
            step.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
    }
}
