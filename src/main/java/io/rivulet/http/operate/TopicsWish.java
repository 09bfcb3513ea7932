package io.rivulet.http.operate;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.KnownFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The body that changes the topics of a stream: <code>{"add":["a"],"remove":["b"]}</code>. {@link ConnectionsServlet}
 * uses it. It is JSON whatever the content type says, for {@code curl -d} calls everything a form. Immutable, any
 * thread.
 */
record TopicsWish(List<String> add, List<String> remove) {

    private static final KnownFields KNOWN = KnownFields.of("add", "remove");
    private static final String SHOULD = "; it must be an object such as {\"add\":[\"a\"],\"remove\":[\"b\"]}";

    /**
     * Reads it.
     *
     * @param max how many topics each of the two may have
     * @throws Refused when it is something else
     */
    static TopicsWish of(byte[] body, int max) {
        try {
            JsonReader json = new JsonReader(new StringReader(StandardCharsets.UTF_8.newDecoder()
                .decode(ByteBuffer.wrap(body)).toString()));
            json.setStrictness(Strictness.STRICT);
            TopicsWish wish = read(json, max);
            json.peek(); // throws when anything follows
            return wish;
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the body is no UTF-8" + SHOULD);
        } catch (IOException | NumberFormatException e) {
            throw Refused.malformed("the body is no JSON" + SHOULD);
        }
    }

    private static TopicsWish read(JsonReader json, int max) throws IOException {
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            throw Refused.malformed("the body is no object" + SHOULD);
        }
        List<String> add = new ArrayList<>();
        List<String> remove = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            if (!seen.add(name)) {
                throw Refused.malformed("the field " + Printable.of(name) + " is given twice");
            }
            switch (name) {
                case "add" -> texts(json, name, add, max);
                case "remove" -> texts(json, name, remove, max);
                default -> throw KNOWN.unknown(name, "field");
            }
        }
        json.endObject();
        if (add.isEmpty() && remove.isEmpty()) {
            throw Refused.malformed("the body names no topic to add or to remove" + SHOULD);
        }
        return new TopicsWish(add, remove);
    }

    private static void texts(JsonReader json, String name, List<String> into, int max) throws IOException {
        if (json.peek() != JsonToken.BEGIN_ARRAY) {
            throw Refused.malformed("the field " + name + " is no array of strings");
        }
        json.beginArray();
        while (json.hasNext()) {
            if (json.peek() != JsonToken.STRING) {
                throw Refused.malformed("the field " + name + " has something else than strings in its array");
            }
            if (into.size() == max) {
                throw Refused.malformed("the field " + name + " has more than " + max + " topics ("
                    + SettingsTable.MATCHERS_MAX.fullKey() + ")");
            }
            into.add(json.nextString());
        }
        json.endArray();
    }
}
