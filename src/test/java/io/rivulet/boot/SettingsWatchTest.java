package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.BadSetting;
import io.rivulet.config.SettingSources.Source;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.kit.Logged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of settings that changes while the hub runs: what counts at once, and what is only said. */
class SettingsWatchTest {

    @TempDir
    private Path folder;
    private Path file;
    private int changes;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("rivulet.properties");
        write("");
    }

    @Test
    void liveSettingsCountAtOnceAndTheOthersAreNamed() throws IOException {
        Settings settings = read();
        SettingsWatch watch = watch(settings);
        try (Logged log = new Logged(SettingsWatch.class)) {
            write("rivulet.retry.min=3s\nrivulet.heartbeat=7s\nrivulet.token.desk.issuer=https://desk\n");
            watch.look();
            assertEquals(Duration.ofSeconds(3), settings.get(SettingsTable.RETRY_MIN));
            assertEquals(Duration.ofSeconds(15), settings.get(SettingsTable.HEARTBEAT));
            assertEquals(List.of("INFO: " + file + " has changed; in force now: rivulet.retry.min",
                "WARNING: " + file + " has changed; only after a restart: rivulet.heartbeat, rivulet.token.…"),
                log.lines().stream().filter(line -> !line.contains("settings from")).toList());
        }
    }

    @Test
    void aFileThatCannotBeMeantChangesNothingAndTheNextOneCounts() throws IOException {
        Settings settings = read();
        SettingsWatch watch = watch(settings);
        try (Logged log = new Logged(SettingsWatch.class)) {
            write("rivulet.retry.min=3s\nrivulet.publish.rate=many\n");
            watch.look();
            assertEquals(Duration.ofSeconds(2), settings.get(SettingsTable.RETRY_MIN));
            assertTrue(log.lines().get(0).contains("rivulet.publish.rate is \"many\""), log.lines().toString());
            write("rivulet.retry.min=3s\n");
            watch.look();
            assertEquals(Duration.ofSeconds(3), settings.get(SettingsTable.RETRY_MIN));
        }
    }

    @Test
    void aPartThatCannotMeanItsNewValueKeepsAllOthersAsTheyWere() throws IOException {
        Settings settings = read();
        settings.onChange(fresh -> {
            throw new BadSetting("not with me");
        });
        SettingsWatch watch = watch(settings);
        write("rivulet.retry.min=3s\n");
        watch.look();
        assertEquals(Duration.ofSeconds(2), settings.get(SettingsTable.RETRY_MIN));
    }

    @Test
    void aFileThatIsGoneForAMomentOrUntouchedChangesNothing() throws IOException {
        Settings settings = read();
        SettingsWatch watch = watch(settings);
        boolean[] asked = new boolean[1];
        settings.onChange(fresh -> {
            asked[0] = true;
            return () -> { };
        });
        watch.look();
        Files.delete(file);
        watch.look();
        assertFalse(asked[0]);
        write("rivulet.retry.max=9s\n");
        watch.look();
        assertTrue(asked[0]);
    }

    @Test
    void theLevelOfTheLogFollowsAndIsGivenBack() throws IOException {
        Logger hub = Logger.getLogger("io.rivulet");
        Level before = hub.getLevel();
        Settings settings = read();
        SettingsWatch watch = watch(settings);
        try (LogLevel level = LogLevel.of(settings)) {
            assertEquals(before, hub.getLevel());
            write("rivulet.loggers.level=debug\n");
            watch.look();
            assertEquals(Level.FINE, hub.getLevel());
            write("rivulet.loggers.level=off\n");
            watch.look();
            assertEquals(Level.OFF, hub.getLevel());
            assertTrue(level != null);
        }
        assertEquals(before, hub.getLevel());
    }

    private SettingsWatch watch(Settings settings) {
        return new SettingsWatch(settings, file, this::sources);
    }

    private Settings read() {
        return Settings.of(sources());
    }

    private List<Source> sources() {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException e) {
            throw new BadSetting(e.toString());
        }
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return List.of(new Source("file", values));
    }

    /** Each time with another time: two writes within a tick of the file system's clock look alike. */
    private void write(String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + 1_000L * ++changes));
    }
}
