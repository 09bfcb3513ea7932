package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.EventStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The field {@code topics} of Mercure 1.0, which a setting adds: one line for each topic that may be told. */
@Tag("once")
class TopicsFieldIT {

    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();
    private final String other = MercureHub.freshTopic();
    private final String replay = "match=" + enc(topic) + "&last_event_id=earliest";

    @BeforeAll
    static void start() {
        hub = MercureHub.with("mercure.topics.field", "true", "mercure.legacy", "true");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String bearer(String... topics) {
        return "Authorization: Bearer " + Token.v1().subscribe(topics).sign();
    }

    @Test
    void SUB19_aPublicUpdateTellsAllItsTopicsBeforeItsData() {
        hub.published("topic=" + enc(topic) + "&topic=" + enc(other) + "&data=x");
        String wire = hub.firstEvent(replay);
        assertTrue(wire.contains("topics: " + topic + "\ntopics: " + other + "\n"), wire);
        assertTrue(wire.indexOf("topics: ") < wire.indexOf("data: "), wire);
    }

    @Test
    void SUB18_SUB19_aPrivateUpdateTellsOnlyTheTopicsThatAreGranted() {
        hub.published("topic=" + enc(topic) + "&topic=" + enc(other) + "&data=x&private");
        assertEquals(List.of(topic), told(hub.firstEvent(replay, bearer(topic))));
        assertEquals(List.of(other), told(hub.firstEvent(replay, bearer(other))));
        assertEquals(List.of(topic, other), told(hub.firstEvent(replay, bearer("*"))));
    }

    /** Two readers of one update, live at the same time: the shared bytes are not those of the one with more rights. */
    @Test
    void SUB18_SUB19_twoLiveReadersAreToldApart() {
        String first = hub.published(topic, "begin");
        hub.published("topic=" + enc(topic) + "&topic=" + enc(other) + "&data=x&private");
        try (EventStream all = hub.stream("match=" + enc(topic), bearer("*"));
             EventStream one = hub.stream("match=" + enc(topic), bearer(topic))) {
            hub.published("topic=" + enc(topic) + "&topic=" + enc(other) + "&data=live&private");
            all.awaitData("live");
            one.awaitData("live");
        }
        String resumed = "match=" + enc(topic) + "&last_event_id=" + enc(first);
        assertEquals(List.of(topic, other), told(hub.firstEvent(resumed, bearer("*"))));
        assertEquals(List.of(topic), told(hub.firstEvent(resumed, bearer(topic))));
    }

    private static List<String> told(String wire) {
        return wire.lines().filter(l -> l.startsWith("topics: ")).map(l -> l.substring(8)).toList();
    }

    @Test
    void OLD10_streamsOfTheOldProtocolHaveNoSuchField() {
        hub.published("topic=" + enc(topic) + "&data=x");
        assertFalse(hub.firstEvent("topic=" + enc(topic) + "&lastEventID=earliest").contains("topics:"));
        assertTrue(hub.firstEvent(replay).contains("topics:"));
    }

    @Test
    void SUB19_withoutTheSettingThereIsNoSuchField() {
        try (MercureHub plain = MercureHub.with()) {
            plain.published("topic=" + enc(topic) + "&data=x");
            assertFalse(plain.firstEvent(replay).contains("topics:"));
        }
    }
}
