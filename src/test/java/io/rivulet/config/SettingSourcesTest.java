package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The four sources: which beats which, what their keys look like, and who may hold unknown ones. */
class SettingSourcesTest {

    private static final Map<String, String> NONE = Map.of();

    @Test
    void systemPropertiesBeatTheEnvironmentBeatsTheContextBeatsTheFile() {
        Map<String, String> file = Map.of("rivulet.topics.max", "1", "rivulet.batch.max", "1", "rivulet.matchers.max",
            "1", "rivulet.heartbeat", "1s");
        Settings settings = Settings.of(SettingSources.of(Map.of("rivulet.topics.max", "4", "user.dir", "/"),
            Map.of("RIVULET_TOPICS_MAX", "3", "RIVULET_BATCH_MAX", "3", "PATH", "/bin"),
            Map.of("rivulet.topics.max", "2", "rivulet.batch.max", "2", "rivulet.matchers.max", "2", "other", "x"),
            "f", file).sources());
        assertEquals(4, settings.get(SettingsTable.TOPICS_MAX));
        assertEquals(3, settings.get(SettingsTable.BATCH_MAX));
        assertEquals(2, settings.get(SettingsTable.MATCHERS_MAX));
        assertEquals(Duration.ofSeconds(1), settings.get(SettingsTable.HEARTBEAT));
    }

    @Test
    void everyRowCanBeSetInTheEnvironment() {
        for (Setting<?> row : SettingsTable.rows()) {
            SettingSources found = SettingSources.of(NONE, Map.of(row.environmentKey(), "x"), NONE, "f", NONE);
            assertEquals(Map.of(row.fullKey(), "x"), found.sources().get(1).values());
            assertEquals(List.of(), found.ignored());
        }
    }

    @Test
    void unknownNamesInTheEnvironmentAreIgnoredAndTold() {
        SettingSources found = SettingSources.of(NONE, Map.of("RIVULET_PORT", "tcp://10.0.0.1:80",
            "RIVULET_SERVICE_HOST", "10.0.0.1", "HOME", "/"), NONE, "f", NONE);
        assertEquals(List.of("RIVULET_PORT", "RIVULET_SERVICE_HOST"), found.ignored());
        assertEquals(128, Settings.of(found.sources()).get(SettingsTable.ID_BYTES_MAX));
    }

    @Test
    void unknownKeysElsewhereStopTheStart() {
        assertRefused("rivulet.hartbeat (system property)",
            SettingSources.of(Map.of("rivulet.hartbeat", "1s"), NONE, NONE, "f", NONE));
        assertRefused("rivulet.hartbeat (context parameter)",
            SettingSources.of(NONE, NONE, Map.of("rivulet.hartbeat", "1s"), "f", NONE));
        assertRefused("rivulet.hartbeat (/etc/x)",
            SettingSources.of(NONE, NONE, NONE, "/etc/x", Map.of("rivulet.hartbeat", "1s")));
        assertRefused("heartbeat (/etc/x) is no setting of this version; did you mean rivulet.heartbeat?",
            SettingSources.of(NONE, NONE, NONE, "/etc/x", Map.of("heartbeat", "1s")));
    }

    @Test
    void followedLogsAreNamedInEverySource() {
        Settings settings = Settings.of(SettingSources.of(Map.of("rivulet.feed.log.web", "/a"),
            Map.of("RIVULET_FEED_LOG_APP", "/b", "RIVULET_FEED_LOG_WEB", "/no"), NONE, "f",
            Map.of("rivulet.feed.log.sys", "/c")).sources());
        assertEquals(Map.of("web", "/a", "app", "/b", "sys", "/c"), settings.followedLogs());
    }

    @Test
    void theFileIsNamedByPropertyOrEnvironmentAndIsNoUnknownKey() {
        assertEquals("/p", SettingSources.configFile(Map.of("rivulet.config", "/p"), Map.of("RIVULET_CONFIG", "/e")));
        assertEquals("/e", SettingSources.configFile(NONE, Map.of("RIVULET_CONFIG", "/e")));
        assertNull(SettingSources.configFile(NONE, NONE));
        SettingSources found = SettingSources.of(Map.of("rivulet.config", "/p"), Map.of("RIVULET_CONFIG", "/e"), NONE,
            "f", NONE);
        assertEquals(List.of(), found.ignored());
        Settings.of(found.sources());
    }

    private static void assertRefused(String part, SettingSources found) {
        BadSetting bad = assertThrows(BadSetting.class, () -> Settings.of(found.sources()));
        assertTrue(bad.getMessage().contains(part), bad.getMessage());
    }
}
