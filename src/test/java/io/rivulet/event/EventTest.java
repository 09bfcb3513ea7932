package io.rivulet.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Heap;
import io.rivulet.refusal.Refused;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An event that exists is safe on the wire. */
class EventTest {

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0b", "\n", "a\u007f", "a\u0085b", "a\u200Bb", "a\u202E", "a\uD800"})
    void aFieldOfOneLineHoldsNoControlOrInvisibleCharacter(String bad) {
        assertRefused("the type holds the character U+", Event.on("t").type(bad));
        assertRefused("the id holds the character U+", Event.on("t").id(bad));
        assertRefused("a topic holds the character U+", Event.on(bad));
    }

    @Test
    void aRefusalNamesTheCharacterAndItsPlace() {
        assertRefused("the id holds the character U+000A at index 2", Event.on("t").id("ab\ncd"));
    }

    /** The tail, the cache of the log and the publish queue count by this. */
    @Test
    void anEventOfAHundredShortTopicsWeighsWhatItTakes() {
        IntFunction<Event> make = i -> {
            Event.Builder event = Event.builder().data("x");
            for (int t = 0; t < 100; t++) {
                event.topic(Integer.toString(i * 100 + t, 36));
            }
            return event.build();
        };
        int many = 400;
        long taken = Heap.of(() -> IntStream.range(0, many).mapToObj(make).toList());
        double share = (double) many * make.apply(many).weight() / taken;
        assertTrue(share > 0.8 && share < 1.5, "said to weigh " + share + " of what they take");
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "#", "#5", ""})
    void reservedIdsAreRefused(String id) {
        assertRefused("id", Event.on("t").id(id));
    }

    @Test
    void anEndIsOfExactlyOneTopic() {
        assertRefused("the event has end and 2 topics; an end is of exactly one topic",
            Event.on("a").topic("b").end(TopicEnd.FINISHED));
        assertEquals(TopicEnd.FINISHED, Event.on("a").end(TopicEnd.FINISHED).build().asPrivate().end());
        assertEquals(TopicEnd.CANCELLED, Event.on("a").end(TopicEnd.FINISHED).build().asEnd(TopicEnd.CANCELLED).end());
        assertNull(Event.on("a").topic("b").build().end());
    }

    @Test
    void anEventHasATopicAndNeverTheWildcard() {
        assertRefused("no topic", Event.builder().data("x"));
        assertRefused("\"*\" is reserved", Event.on("*"));
        assertRefused("a topic is empty", Event.on("t").topic(""));
    }

    @Test
    void dataIsValidUtf8() {
        assertRefused("no valid UTF-8", Event.on("t").data(new byte[] {'a', (byte) 0xC3}));
        assertRefused("no valid UTF-8", Event.on("t").data(new byte[] {(byte) 0xC0, (byte) 0x80}));
        assertRefused("no valid UTF-8", Event.on("t").data(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
        assertEquals("é✓😀", Event.on("t").data("é✓😀").build().text());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-5,0", "1,500", "499,500", "500,500", "3000,3000", "3600000,3600000", "3600001,3600000",
        "99999999999,3600000"})
    void retryIsClamped(long given, int kept) {
        assertEquals(kept, Event.on("t").retryMs(given).build().retryMs());
    }

    @Test
    void anEmptyTypeIsNone() {
        assertNull(Event.on("t").type("").build().type());
    }

    @Test
    void makingItPrivateChangesNothingElse() {
        Event event = Event.on("a").topic("b").id("i").type("y").retryMs(700).data("x").build();
        Event hidden = event.asPrivate();
        assertTrue(hidden.isPrivate());
        assertEquals(event.topics(), hidden.topics());
        assertEquals("i y 700 x", hidden.id() + " " + hidden.type() + " " + hidden.retryMs() + " " + hidden.text());
        assertSame(hidden, hidden.asPrivate());
    }

    private static void assertRefused(String part, Event.Builder builder) {
        Refused refused = assertThrows(Refused.class, builder::build);
        assertEquals(Refused.Reason.MALFORMED, refused.reason());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
        assertTrue(refused.getMessage().chars().noneMatch(Character::isISOControl), "the sentence repeats the evil");
    }
}
