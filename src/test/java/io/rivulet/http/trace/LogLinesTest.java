package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.kit.Logged;
import java.io.Closeable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lines at the loggers of requests and of what was done: what they tell, and what they must not. */
class LogLinesTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "\ntraceparent: 00-" + TRACE + "-b7ad6b7169203331-01";

    @Test
    void aPublishTellsWhoWhereAndWhichTraceAndNeverItsData() throws Exception {
        try (Logged audit = Logged.at("rivulet.audit"); Door door = Door.dev("loggers", "json")) {
            String id = door.send("POST /api/updates?topic=a&topic=b&id=my%20id" + PARENT, "a secret").getContent()
                .strip();
            Await.until("it is told", () -> audit.texts().size() == 1);
            door.send("POST /api/updates?topic=a&id=%0A", "a secret");
            Await.until("both are told", () -> audit.texts().size() == 2);
            List<String> lines = audit.texts();
            JsonObject published = JsonParser.parseString(lines.get(0)).getAsJsonObject();
            assertEquals("published", published.get("what").getAsString());
            assertEquals("rivulet.audit", published.get("logger").getAsString());
            assertEquals(TRACE, published.get("trace").getAsString());
            assertEquals("dev", published.get("subject").getAsString());
            assertEquals("127.0.0.1", published.get("peer").getAsString());
            assertEquals("[\"a\",\"b\"]", published.get("topics").toString());
            assertEquals("[\"" + id + "\"]", published.get("ids").toString());
            JsonObject refused = JsonParser.parseString(lines.get(1)).getAsJsonObject();
            assertEquals("publish-refused", refused.get("what").getAsString());
            assertEquals("malformed", refused.get("reason").getAsString());
            assertFalse(lines.toString().contains("secret"), lines.toString());
        }
    }

    @Test
    void whatAnOperatorDidIsTold() throws Exception {
        try (Logged audit = Logged.at("rivulet.audit"); Door door = Door.dev("loggers", "text")) {
            assertEquals(204, door.send("POST /api/bans?kind=subject&issuer=i&value=ann%20b", "").getStatus());
            assertEquals(204, door.send("DELETE /api/bans?kind=subject&issuer=i&value=ann%20b", "").getStatus());
            Await.until("both are told", () -> audit.texts().size() == 2);
            assertTrue(audit.texts().get(0).matches(
                "what=banned request=\\w+ peer=127.0.0.1 subject=dev kind=subject issuer=i value=\"ann b\""),
                audit.texts().get(0));
            assertTrue(audit.texts().get(1).startsWith("what=ban-lifted "));
        }
    }

    @Test
    void eachRequestIsToldWithoutItsQueryAndAStreamTwice() throws Exception {
        try (Logged access = Logged.at("rivulet.access"); Door door = Door.dev("loggers", "text")) {
            door.get("/api/events?topic=secret");
            try (Closeable stream = door.stream("/api/updates?topic=secret")) {
                Await.until("the stream is told", () -> access.texts().size() == 2);
                door.hub.close();
                Await.until("its end is told", () -> access.texts().size() == 3);
                assertTrue(stream != null);
            }
            String all = String.join("\n", access.texts());
            assertTrue(all.contains("what=request ") && all.contains(" line=\"GET /api/events HTTP/1.1\" status=200 "),
                all);
            assertTrue(all.contains("what=stream-start ") && all.contains("what=stream-end "), all);
            assertTrue(all.contains(" end=drained"), all);
            assertFalse(all.contains("secret"), all);
        }
    }

    @Test
    void withoutTheSettingNothingIsTold() throws Exception {
        try (Logged audit = Logged.at("rivulet.audit")) {
            try (Door door = Door.dev()) {
                door.send("POST /api/updates?topic=a", "x");
            }
            assertEquals(List.of(), audit.texts());
        }
    }

    @Test
    void aValueEndsNeitherItsLineNorBeginsAnother() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("a", "x\r\nwhat=published");
        fields.put("b", "\"quoted\" \u001b[31m\u0085");
        fields.put("c", List.of("one", "two"));
        fields.put("d", "");
        assertEquals("a=\"x\\r\\nwhat=published\" b=\"\\\"quoted\\\" \\u001b[31m\\u0085\" c=one,two d=\"\"",
            LogLines.text(fields));
    }

    @Test
    void onlyATraceParentAsW3cHasItIsOne() {
        assertEquals(TRACE, RequestTrace.traceId("00-" + TRACE + "-b7ad6b7169203331-01"));
        assertEquals(TRACE, RequestTrace.traceId("cc-" + TRACE + "-b7ad6b7169203331-01-more"));
        for (String bad : new String[] {null, "", TRACE, "ff-" + TRACE + "-b7ad6b7169203331-01",
            "00-" + TRACE + "-b7ad6b7169203331-01-more", "00-" + "0".repeat(32) + "-b7ad6b7169203331-01",
            "00-" + TRACE + "-" + "0".repeat(16) + "-01", "00-" + TRACE.toUpperCase() + "-b7ad6b7169203331-01"}) {
            assertNull(RequestTrace.traceId(bad), bad);
        }
    }
}
