package io.rivulet.kit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * An answer as it came over the wire.
 *
 * @param version such as {@code HTTP/1.1}
 * @param status  the code
 * @param headers by name in lower case, each with its values in order
 * @param body    without the transfer coding; empty while it has not been read
 */
public record WireResponse(String version, int status, Map<String, List<String>> headers, byte[] body) {

    /** The first value of a header, or null. */
    public String header(String name) {
        List<String> values = headers.get(name.toLowerCase(java.util.Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as a JSON object. */
    public JsonObject json() {
        JsonElement element = JsonParser.parseString(text());
        return element.getAsJsonObject();
    }

    /** The same with its body. */
    WireResponse with(byte[] bytes) {
        return new WireResponse(version, status, headers, bytes);
    }
}
