package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSpace;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the log: at each limit it passes, one beyond it does not, and the sentence says which and how many. */
class PublishRulesTest {

    private static final TopicSpace SPACE = TopicSpace.of("http://localhost/.well-known/mercure");

    private final PublishRules rules = new PublishRules(Settings.with("batch.max", "3", "body.max", "1k",
        "topics.max", "2", "topic.bytes.max", "16", "id.bytes.max", "16"),
        SPACE);

    @Test
    void aBatchHasAtLeastOneAndAtMostBatchMaxEvents() {
        accepts(Collections.nCopies(3, event().build()));
        refused(Collections.nCopies(4, event().build()), Reason.TOO_LARGE, "4 events", "3", "rivulet.batch.max");
        refused(List.of(), Reason.MALFORMED, "no event");
    }

    @Test
    void anEventHasAtMostTopicsMaxTopics() {
        accepts(List.of(event().topic("b").build()));
        refused(List.of(event().topic("b").topic("c").build()), Reason.TOO_LARGE, "3 topics", "2",
            "rivulet.topics.max");
    }

    /** PUB-17. */
    @Test
    void aTopicHasAtMostSoManyBytesOfUtf8() {
        accepts(List.of(Event.on("ä".repeat(8)).build()));
        refused(List.of(Event.on("ä".repeat(8) + "a").build()), Reason.TOO_LARGE, "17 bytes", "16",
            "rivulet.topic.bytes.max");
    }

    @Test
    void dataHasAtMostSoManyBytes() {
        accepts(List.of(event().data(new byte[1_024]).build()));
        refused(List.of(event().data(new byte[1_025]).build()), Reason.TOO_LARGE, "1025 bytes", "1024",
            "rivulet.body.max");
    }

    @Test
    void idAndTypeHaveAtMostSoManyBytes() {
        String sixteen = "0123456789abcdef";
        accepts(List.of(event().id(sixteen).type(sixteen).build()));
        refused(List.of(event().id(sixteen + "x").build()), Reason.TOO_LARGE, "the id has 17 bytes", "16",
            "rivulet.id.bytes.max");
        refused(List.of(event().type(sixteen + "x").build()), Reason.TOO_LARGE, "the type has 17 bytes", "16",
            "rivulet.id.bytes.max");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mercure", "rivulet.hello", "rivulet."})
    void theTypesOfTheHubAreItsOwn(String type) {
        refused(List.of(event().type(type).build()), Reason.MALFORMED, "\"" + type + "\"", "reserved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mercury", "rivulet", "Rivulet.x", "a.rivulet."})
    void typesThatOnlyLookLikeThemPass(String type) {
        accepts(List.of(event().type(type).build()));
    }

    @Test
    void mercuresNamespaceIsReservedInEveryTopic() {
        refused(List.of(event().topic("mercure/x").build()), Reason.MALFORMED, "namespace", "/.well-known/mercure");
        accepts(List.of(event().topic("mercury/x").build()));
    }

    @Test
    void pub16EveryTopicMustBeGrantedAndTheRefusalNamesTheOneThatIsNot() {
        Grant some = Grant.of("i", "s", HubScene.topics("a", "b"), GrantedTopics.NONE, false);
        accepts(some, event().topic("b").build());
        refused(some, event().topic("c").build(), Reason.FORBIDDEN, "may not publish to c;");
        refused(Grant.ANONYMOUS, event().build(), Reason.FORBIDDEN, "may not publish to a;");
    }

    @Test
    void pub05AReservedTopicIsMalformedWhateverTheToken() {
        for (Grant grant : List.of(Grant.DEV, Grant.ANONYMOUS)) {
            refused(grant, event().topic("mercure/x").build(), Reason.MALFORMED, "namespace", "mercure/x");
        }
    }

    @Test
    void old04ATokenOfMercure0PublishesToNoTopicThatContainsTheHubsPath() {
        PublishRules wide = new PublishRules(Settings.with(), SPACE);
        Grant old = new Grant("i", "s", "t", GrantedTopics.ALL, GrantedTopics.NONE, List.of(), false, Grant.NEVER,
            true);
        Event foreign = Event.on("https://e/foo/.well-known/mercure/bar").build();
        Refused refused = assertThrows(Refused.class, () -> wide.check(new Publication(List.of(foreign), old, null)));
        assertEquals(Reason.FORBIDDEN, refused.reason());
        assertDoesNotThrow(() -> wide.check(new Publication(List.of(foreign), Grant.DEV, null)));
        assertDoesNotThrow(() -> wide.check(new Publication(List.of(Event.on("https://e/foo").build()), old, null)));
    }

    @Test
    void aRefusalInABatchNamesTheEvent() {
        List<Event> batch = IntStream.range(0, 3)
            .mapToObj(i -> event().type(i == 1 ? "mercure" : "x").build()).toList();
        refused(batch, Reason.MALFORMED, "event 2: the type \"mercure\"");
    }

    private static Event.Builder event() {
        return Event.on("a");
    }

    private void accepts(List<Event> events) {
        assertDoesNotThrow(() -> rules.check(new Publication(events, Grant.DEV, null)));
    }

    private void accepts(Grant grant, Event event) {
        assertDoesNotThrow(() -> rules.check(new Publication(List.of(event), grant, null)));
    }

    private void refused(Grant grant, Event event, Reason reason, String... parts) {
        check(assertThrows(Refused.class, () -> rules.check(new Publication(List.of(event), grant, null))), reason,
            parts);
    }

    private void refused(List<Event> events, Reason reason, String... parts) {
        Refused refused =
            assertThrows(Refused.class, () -> rules.check(new Publication(events, Grant.DEV, null)));
        check(refused, reason, parts);
    }

    private static void check(Refused refused, Reason reason, String... parts) {
        assertEquals(reason, refused.reason());
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }
}
