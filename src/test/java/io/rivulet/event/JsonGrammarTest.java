package io.rivulet.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** JSON by the letter of RFC 8259, and nothing that a lenient parser takes besides. */
class JsonGrammarTest {

    @Test
    void whatTheStandardAllowsIsJson() {
        for (String text : List.of("{}", "[]", "\"\"", "0", "-0", "-1.5e+10", "1E3", "true", "false", "null",
            " \t\r\n{ \"a\" : [ 1 , { \"b\" : null } , [ ] ] , \"a\" : \"\" } \n",
            "\"\\u00fF\\\\\\/\\\"\\b\\f\\n\\r\\t\"",
            "\"\u2028ä€🌊\u007f\"", "[[[]],{}]", "{\"\":{\"\":[{}]}}")) {
            assertEquals(true, isJson(text), text);
        }
    }

    @Test
    void whatTheStandardForbidsIsNot() {
        for (String text : List.of("", " ", "hello", "{", "}", "[", "]", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}",
            "{\"a\":1,}", "{,}", "[1 2]", "{\"a\":1 \"b\":2}", "01", "+1", "1.", ".5", "1e", "1e+", "-", "--1", "0x1",
            "NaN", "Infinity", "TRUE", "nul", "nulll", "'a'", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\\",
            "\"a\nb\"",
            "\"a\0b\"", "[1]x", "{} {}", "\uFEFF{}", "// no\n1", "[1}", "{\"a\":[}]", "[\"a\":1]", ")]}'1")) {
            assertEquals(false, isJson(text), text);
        }
    }

    /** Clients parse with a stack: what would use it up is text to them. */
    @Test
    void deepJsonCountsAsTextAndTakesNoStackHere() {
        int most = JsonGrammar.DEPTH_MAX;
        assertEquals(true, isJson("[".repeat(most) + "]".repeat(most)));
        assertEquals(false, isJson("[".repeat(most + 1) + "]".repeat(most + 1)));
        assertEquals(false, isJson("{\"a\":".repeat(1_000_000)));
    }

    private static boolean isJson(String text) {
        return JsonGrammar.isJson(text.getBytes(StandardCharsets.UTF_8));
    }
}
