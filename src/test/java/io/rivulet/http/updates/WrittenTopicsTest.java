package io.rivulet.http.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.hub.publish.PublishIntake;
import io.rivulet.topic.TopicSpace;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one language of topics at the hub's own doors and in its settings. */
class WrittenTopicsTest {

    private static final List<String> PUBLISHED =
        List.of("prices/ACME", "prices/a/b", "prices", "prices/../x", "jobs/42", "prices/*", "jobs/{id}");

    private static Door door;

    @BeforeAll
    static void publish() throws Exception {
        door = Door.dev("private.topics", "secret/{id},urlpattern:/hidden/:x,mine/*", "transient.topics",
            "now/{id},urlpattern:/soon/:x");
        for (String topic : PUBLISHED) {
            assertEquals(200, door.form("topic=" + encode(topic)).getStatus());
        }
    }

    @AfterAll
    static void stop() {
        door.close();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"topic=prices/*|prices/ACME prices/a/b prices/*",
        "topic=jobs/{id}|jobs/42 jobs/{id}",
        "topic=urlpattern:prices/:x|prices/ACME prices/*", "topic=pr*|prices/ACME prices/a/b prices prices/*",
        "match_exact=prices/*|prices/*", "match=prices/*|prices/*", "match_exact=jobs/{id}|jobs/{id}",
        "topic=jobs/42|jobs/42"})
    void aSubscriptionIsANameABeginningATemplateOrAPattern(String asked, String found) throws Exception {
        String[] part = asked.split("=", 2);
        HttpTester.Response page = door.get("/api/events?" + part[0] + "=" + encode(part[1]));
        assertEquals(200, page.getStatus(), page.getContent());
        List<String> topics = JsonParser.parseString(page.getContent()).getAsJsonObject().getAsJsonArray("events")
            .asList().stream().map(event -> event.getAsJsonObject().getAsJsonArray("topics").get(0))
            .map(JsonElement::getAsString).toList();
        assertEquals(found, String.join(" ", topics));
    }

    @Test
    void aTemplateWithAStarBehindItIsNeither() throws Exception {
        HttpTester.Response answer = door.get("/api/updates?topic=" + encode("jobs/{id}*"));
        assertEquals(400, answer.getStatus());
        assertTrue(answer.getContent().contains("write {+rest}"), answer.getContent());
    }

    @ParameterizedTest
    @CsvSource({"secret/1,true", "secret/a/b,false", "/hidden/x,true", "/hidden/x/y,false", "mine/x,true",
        "mine/../x,true", "open,false"})
    void privateTopicsAreWrittenSo(String topic, boolean isPrivate) throws Exception {
        try (Door own = Door.dev("private.topics", "secret/{id},urlpattern:/hidden/:x,mine/*")) {
            assertEquals(200, own.form("topic=" + topic).getStatus());
            assertEquals(isPrivate, own.newest().isPrivate());
        }
    }

    @Test
    void transientTopicsAreWrittenSo() throws Exception {
        long before = door.log().range().head();
        for (String topic : List.of("now/1", "/soon/x")) {
            assertEquals(200, door.form("topic=" + topic).getStatus());
        }
        assertEquals(before, door.log().range().head());
        assertEquals(200, door.form("topic=now/1/2&topic=now/1").getStatus());
        assertEquals(before + 1, door.log().range().head());
        assertEquals("[\"now/{id}\"]", JsonParser.parseString(door.get("/api/events?topic=" + encode("now/{id}"))
            .getContent()).getAsJsonObject().get("transient").toString());
    }

    @Test
    void aTopicThatCannotBeReadStopsTheStart() {
        for (String key : List.of("private.topics", "transient.topics", "default.topics")) {
            Settings settings = Settings.with(key, "a,urlpattern:/(?=x)");
            TopicSpace space = Door.topics(settings);
            BadSetting bad = Assertions.assertThrows(BadSetting.class, () -> {
                new PublishIntake(settings, space);
                new MatcherParameters(space, new CostlyTurns(), settings);
            });
            assertTrue(bad.getMessage().startsWith("rivulet." + key + ": a URL pattern cannot be read"),
                bad.getMessage());
        }
    }
}
