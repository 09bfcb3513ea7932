package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.SettingSources.Source;
import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.config.SettingsTable.When;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings: which source decides, what is refused, and what a row says. */
class SettingsTest {

    @Test
    void theFirstSourceThatHasAKeyDecides() {
        Source system = new Source("system property", Map.of("rivulet.batch.max", "1"));
        Source environment = new Source("environment",
            Map.of("rivulet.batch.max", "2", "rivulet.topics.max", "2"));
        Source file = new Source("file", Map.of("rivulet.batch.max", "3", "rivulet.topics.max", "3",
            "rivulet.matchers.max", "3"));
        Settings settings = Settings.of(List.of(system, environment, file));
        assertEquals(1, settings.get(SettingsTable.BATCH_MAX));
        assertEquals(2, settings.get(SettingsTable.TOPICS_MAX));
        assertEquals(3, settings.get(SettingsTable.MATCHERS_MAX));
        assertEquals(128, settings.get(SettingsTable.ID_BYTES_MAX));
    }

    @Test
    void eachIsToldWithWhereItWasWrittenAndNoSecretIs() {
        Settings settings = Settings.of(List.of(new Source("environment", Map.of("rivulet.heartbeat", "5s")),
            new Source("hub.properties", Map.of("rivulet.heartbeat", "9s", "rivulet.token.a.key", "k".repeat(40)))));
        List<WrittenSetting> written = settings.written();
        assertTrue(written.contains(new WrittenSetting("rivulet.heartbeat", "5s", "environment")), written.toString());
        assertTrue(written.contains(new WrittenSetting("rivulet.dev", "false", "default")), written.toString());
        assertTrue(written.contains(new WrittenSetting("rivulet.token.a.key", "a secret", "hub.properties")),
            written.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dev|yes|must be true or false", "batch.max|many|must be a whole number",
        "batch.max|0|must be 1 to 10000", "batch.max|10001|must be 1 to 10000", "batch.max|99999999999|whole number",
        "body.max|1t|must be a number of bytes such as 512k, 64m or 1g", "body.max|-1|must be a number of bytes",
        "body.max|1023|must be 1k to 64m", "body.max||must be a number of bytes",
        "heartbeat|fast|must be a time such as 500ms", "heartbeat|15|must be a time", "heartbeat|0s|must be 1s to 5m",
        "heartbeat|6m|must be 1s to 5m", "heartbeat|9999999999999999999s|must be a time",
        "log.sync|sometimes|must be one of always, interval, never"})
    void aBadValueStopsTheStartAndNamesKeyValueAndSource(String key, String value, String part) {
        String text = value == null ? "" : value;
        BadSetting bad = assertThrows(BadSetting.class, () -> Settings.of(List.of(
            new Source("context parameter", Map.of("rivulet." + key, text)))));
        assertTrue(bad.getMessage().startsWith("rivulet." + key + " is \"" + text + "\" (context parameter), but "),
            bad.getMessage());
        assertTrue(bad.getMessage().contains(part), bad.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "1 s,1000", "15S,15000", "5m,300000", " 2h ,7200000", "7d,604800000"})
    void timesHaveUnits(String text, long ms) {
        assertEquals(Duration.ofMillis(ms), Settings.with("log.retain.age", text.equals("500ms") ? "1000ms" : text)
            .get(SettingsTable.LOG_RETAIN_AGE).minusMillis(text.equals("500ms") ? 500 : 0));
    }

    @ParameterizedTest
    @CsvSource({"2048,2048", "512k,524288", "64M,67108864"})
    void sizesMayHaveUnits(String text, long bytes) {
        assertEquals(bytes, Settings.with("body.max", text).get(SettingsTable.BODY_MAX));
    }

    @Test
    void wordsAndListsAreReadWithoutTheirBlanks() {
        Settings settings = Settings.with("log.sync", " Never ", "transient.topics", " a, b/* ,,", "feed.host", "TRUE",
            "data.dir", "/x y");
        assertEquals(Sync.NEVER, settings.get(SettingsTable.LOG_SYNC));
        assertEquals(List.of("a", "b/*"), settings.get(SettingsTable.TRANSIENT_TOPICS));
        assertEquals(When.TRUE, settings.get(SettingsTable.FEED_HOST));
        assertEquals(Optional.of("/x y"), settings.get(SettingsTable.DATA_DIR));
        assertEquals(Optional.empty(), Settings.with().get(SettingsTable.DATA_DIR));
    }

    @Test
    void anUnknownKeyIsRefusedWhereItCanOnlyBeOurs() {
        Map<String, String> typo = Map.of("rivulet.log.retain.byte", "1g");
        assertTrue(assertThrows(BadSetting.class, () -> Settings.of(List.of(new Source("file", typo))))
            .getMessage().contains("rivulet.log.retain.byte (file) is no setting of this version; did you mean "
                + "rivulet.log.retain.bytes?"));
    }

    @Test
    void aMisspeltKeyIsToldTheOneThatIsMeantAndWhatNobodySeesIsNotPrinted() {
        for (String[] one : new String[][] {{"rivulet.hartbeat", "rivulet.heartbeat"}, {"rivulet.devv", "rivulet.dev"},
            {"rivulet.body_max", "rivulet.body.max"}, {"rivulet.data.dri", "rivulet.data.dir"}}) {
            String told = assertThrows(BadSetting.class,
                () -> Settings.of(List.of(new Source("file", Map.of(one[0], "1"))))).getMessage();
            assertTrue(told.endsWith("did you mean " + one[1] + "?"), told);
        }
        String told = assertThrows(BadSetting.class,
            () -> Settings.of(List.of(new Source("file", Map.of("rivulet.x\u200by\u0007", "1"))))).getMessage();
        assertTrue(told.startsWith("rivulet.x?y? (file) is no setting"), told);
        assertEquals(List.of("RIVULET_HARTBEAT (perhaps RIVULET_HEARTBEAT is meant)", "RIVULET_SOMETHING"),
            SettingSources.of(Map.of(), Map.of("RIVULET_HARTBEAT", "1", "RIVULET_SOMETHING", "2"), Map.of(), "file",
                Map.of()).ignored());
    }

    @Test
    void theKeyOfTheFileItselfIsKnownEverywhere() {
        Settings.of(List.of(new Source("file", Map.of("rivulet.config", "x"))));
    }

    @Test
    void followedLogsAreNamedByTheirKeyTheStrongestSourceFirst() {
        Settings settings = Settings.of(List.of(new Source("a", Map.of("rivulet.feed.log.app", "/1")),
            new Source("b", Map.of("rivulet.feed.log.app", "/2", "rivulet.feed.log.db", "/3"))));
        assertEquals(Map.of("app", "/1", "db", "/3"), settings.followedLogs());
        for (String bad : List.of("", "a.b", "a/b", "..", "x".repeat(65))) {
            assertThrows(BadSetting.class, () -> Settings.with("feed.log." + bad, "/x"), bad);
        }
    }

    @Test
    void aRangeThatIsUpsideDownIsRefused() {
        assertThrows(BadSetting.class, () -> Settings.with("retry.min", "5s", "retry.max", "4s"));
    }

    @Test
    void everyRowIsWholeAndItsDefaultReadsBack() {
        Set<String> keys = new HashSet<>();
        for (Setting<?> row : SettingsTable.rows()) {
            assertTrue(keys.add(row.key()), row.key() + " is there twice");
            assertTrue(row.key().matches("[a-z]+(\\.[a-z]+)*"), row.key());
            assertTrue(row.sentence().endsWith(".") && row.sentence().length() <= 160, row.key() + "'s sentence");
            row.parse(row.defaultText(), "default");
            if (!row.range().isEmpty()) {
                String[] ends = row.range().split(" to ");
                row.parse(ends[0], "least");
                row.parse(ends[1], "greatest");
            }
            assertEquals("RIVULET_" + row.key().toUpperCase(java.util.Locale.ROOT).replace('.', '_'),
                row.environmentKey());
        }
    }

    /** The numbers that the design fixes; a change here is a change of the public interface. */
    @ParameterizedTest
    @CsvSource({"body.max,1m", "topics.max,100", "matchers.max,100", "topic.bytes.max,4096", "id.bytes.max,128",
        "batch.max,1000", "publish.queue.bytes,16m", "read.bytes,32m", "backlog.events,256", "log.sync,always",
        "log.sync.interval,100ms", "log.retain.bytes,1g", "log.retain.age,7d", "log.retain.events,0",
        "heartbeat,15s", "lag.max,2s", "dev,false", "anonymous,true", "default.topics,clock", "connections.max,0"})
    void theDefaultsAreThoseOfTheDesign(String key, String value) {
        Setting<?> row = SettingsTable.rows().stream().filter(r -> r.key().equals(key)).findFirst().orElseThrow();
        assertEquals(value, row.defaultText());
    }
}
