package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.config.BadSetting;
import io.rivulet.config.SettingSources;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of settings, as editors write it. */
class HostSettingsTest {

    @TempDir
    private Path folder;

    private Settings of(byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("rivulet.properties"), file);
        System.setProperty(SettingSources.CONFIG, path.toString());
        try {
            return HostSettings.load(Map.of());
        } finally {
            System.clearProperty(SettingSources.CONFIG);
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() throws IOException {
        String text = "rivulet.transient.topics=caf\u00e9\n";
        for (String mark : List.of("", "\uFEFF")) {
            assertEquals(List.of("caf\u00e9"), of((mark + text).getBytes(StandardCharsets.UTF_8))
                .get(SettingsTable.TRANSIENT_TOPICS), "with " + mark.length() + " marks");
        }
    }

    @Test
    void aFileInAnotherCharsetIsNamedAndSoIsTheCharset() {
        BadSetting bad = assertThrows(BadSetting.class,
            () -> of("rivulet.transient.topics=caf\u00e9".getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals(folder.resolve("rivulet.properties") + " is no valid UTF-8: save it as UTF-8", bad.getMessage());
        assertEquals(0, bad.getStackTrace().length, "a person is to read the message");
    }
}
