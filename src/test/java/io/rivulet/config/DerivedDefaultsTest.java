package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Defaults that follow from the heap, from another setting or from the container. */
class DerivedDefaultsTest {

    private static final long MIB = 1L << 20;

    private static <T> T value(Setting<T> setting, long heapBytes, String... keysAndValues) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put("rivulet." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.of(List.of(new SettingSources.Source("given", given)), heapBytes).get(setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring.bytes", "write.bytes", "conflate.bytes"})
    @SuppressWarnings("unchecked")
    void aBufferIsASixteenthOfTheHeapAnd64MiBAtMost(String key) {
        Setting<Long> buffer = (Setting<Long>) SettingsTable.rows().stream().filter(row -> row.key().equals(key))
            .findFirst().orElseThrow();
        assertEquals(16 * MIB, value(buffer, 256 * MIB));
        assertEquals(64 * MIB, value(buffer, 1_024 * MIB));
        assertEquals(64 * MIB, value(buffer, 32_768 * MIB));
        assertEquals(16 * MIB, value(buffer, 256 * MIB, key, "0"));
        assertEquals(5 * MIB, value(buffer, 256 * MIB, key, "5m"), "what is set counts");
    }

    @Test
    void aBurstIsWhatASecondAllows() {
        assertEquals(10_000, value(SettingsTable.PUBLISH_BURST, MIB));
        assertEquals(7, value(SettingsTable.PUBLISH_BURST, MIB, "publish.rate", "7", "publish.burst", "0"));
        assertEquals(9, value(SettingsTable.PUBLISH_BURST, MIB, "publish.rate", "7", "publish.burst", "9"));
        assertEquals(0, value(SettingsTable.PUBLISH_BURST, MIB, "publish.rate", "0"));
    }

    @ParameterizedTest
    @CsvSource({"true,false,true", "true,true,true", "false,true,false", "dev,true,true", "dev,false,false"})
    void theFiguresOfTheHostAreThereAsSetOrInDevMode(String set, String dev, boolean there) {
        assertEquals(there, Settings.with("feed.host", set, "dev", dev).isOn(SettingsTable.FEED_HOST));
    }

    @Test
    void streamsAreThoseOfHalfTheHeap() {
        assertEquals(32_768, DerivedDefaults.streamsOfHeap(1_024 * MIB, DerivedDefaults.STREAM_KIB_JETTY));
        assertEquals(4_096, DerivedDefaults.streamsOfHeap(1_024 * MIB, DerivedDefaults.STREAM_KIB_OTHER));
        assertEquals(1, DerivedDefaults.streamsOfHeap(1, DerivedDefaults.STREAM_KIB_OTHER));
        assertEquals(Integer.MAX_VALUE, DerivedDefaults.streamsOfHeap(Long.MAX_VALUE, 1));
    }

    @Test
    void streamsLeaveATenthOfTheConnectionsToOthers() {
        assertEquals(7_372, DerivedDefaults.streamsOfConnector(8_192));
        assertEquals(1, DerivedDefaults.streamsOfConnector(1));
        assertEquals(1_932_735_282, DerivedDefaults.streamsOfConnector(Integer.MAX_VALUE));
    }
}
