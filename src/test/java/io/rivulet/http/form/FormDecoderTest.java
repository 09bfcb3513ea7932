package io.rivulet.http.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser of forms against the algorithm of the URL standard, and what it refuses beyond that. */
class FormDecoderTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "a=1|a=1", "a=1&b=2|a=1,b=2", "a=1&a=2|a=1,a=2", "a|a=", "a=|a=", "=b|=b", "=|=", "&&a=1&|a=1", "a=b=c|a=b=c",
        "a+b=c+d|a b=c d", "a=%2B%26%3D|a=+&=", "a=1%2B1|a=1+1", "a=%|a=%", "a=%4|a=%4", "a=%zz|a=%zz",
        "a=%25|a=%", "a=%2525|a=%25", "a;b=1|a;b=1", "%C3%A4=%E2%82%AC|ä=€", "ä=€|ä=€", "a=%F0%9F%8C%8A|a=🌊",
        "a=%EF%BB%BFx|a=\uFEFFx", "topic=a/b&topic=c|topic=a/b,topic=c", "\"\"|\"\""})
    void aFormIsReadAsTheStandardSays(String form, String fields) {
        assertEquals(fields, shown(FormDecoder.decode(form.getBytes(StandardCharsets.UTF_8), 100)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%FF", "a=%C3", "%C3=a", "a=%C0%80", "a=%ED%A0%80", "a=%F8%88%80%80%80", "a=%80x",
        "a=%E2%82", "b=1&a=%c3%28"})
    void bytesThatAreNoUtf8AreRefusedWhenSomebodyAsksForThem(String form) {
        FormFields fields = FormDecoder.decode(form.getBytes(StandardCharsets.US_ASCII), 100);
        Refused refused = assertThrows(Refused.class, () -> fields.names().forEach(fields::all));
        assertEquals(Refused.Reason.MALFORMED, refused.reason());
        assertTrue(refused.getMessage().contains("UTF-8"), refused.getMessage());
    }

    @Test
    void rawBytesThatAreNoUtf8AreRefusedAndFieldsBesideThemAreNot() {
        FormFields fields = FormDecoder.decode(new byte[] {'a', '=', (byte) 0xff, '&', 'b', '=', 'c'}, 100);
        assertEquals("c", fields.one("b"));
        assertTrue(fields.has("a"));
        for (FormFields each : List.of(fields, fields.and(new FormFields()), new FormFields().and(fields))) {
            assertThrows(Refused.class, () -> each.one("a"));
            assertThrows(Refused.class, () -> each.last("a"));
            assertThrows(Refused.class, () -> each.oneOrBlank("a"));
        }
    }

    @Test
    void asManyFieldsAsAllowedPassAndOneMoreDoesNot() {
        assertEquals(3, FormDecoder.decode("a&b&c".getBytes(StandardCharsets.US_ASCII), 3).names().size());
        Refused refused = assertThrows(Refused.class,
            () -> FormDecoder.decode("a&b&c&d".getBytes(StandardCharsets.US_ASCII), 3));
        assertEquals(Refused.Reason.TOO_LARGE, refused.reason());
    }

    @Test
    void aFieldThatMayStandOnceIsNotGuessed() {
        FormFields fields = FormDecoder.decode("a=1&a=2&b=&c=3".getBytes(StandardCharsets.US_ASCII), 9);
        assertEquals(List.of("1", "2"), fields.all("a"));
        assertTrue(assertThrows(Refused.class, () -> fields.one("a")).getMessage().contains("2 times"));
        assertEquals("", fields.one("b"));
        assertNull(fields.oneOrBlank("b"));
        assertEquals("3", fields.one("c"));
        assertNull(fields.one("d"));
        assertTrue(fields.has("b"));
        assertFalse(fields.has("d"));
    }

    private static String shown(FormFields fields) {
        return fields.names().stream()
            .flatMap(name -> fields.all(name).stream().map(value -> name + "=" + value))
            .collect(Collectors.joining(","));
    }
}
