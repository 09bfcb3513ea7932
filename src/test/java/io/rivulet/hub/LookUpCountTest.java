package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.Readers;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many look-ups may wait, each with a request of the container's: in all, and of one caller. Nobody reads here. */
class LookUpCountTest {

    private static final int ALL = 1_000;

    private final Readers readers = new Readers(new ReadBudget(1 << 20));
    private final List<CompletableFuture<String>> asked = new ArrayList<>();

    @AfterEach
    void end() {
        readers.end();
        asked.forEach(answer -> assertTrue(answer.isDone(), "whoever waits is told that the hub closes"));
    }

    private void ask(LookUps lookUps, String caller) {
        asked.add(lookUps.ask(new Caller(caller), "it", work -> "found"));
    }

    private void assertRefused(LookUps lookUps, String caller, String why) {
        Refused refused = assertThrows(Refused.class, () -> ask(lookUps, caller));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    @Test
    void inAllThereAreAThousand() {
        LookUps lookUps = new LookUps(readers, 100);
        for (int i = 0; i < ALL; i++) {
            ask(lookUps, "caller " + i);
        }
        assertRefused(lookUps, "another", "1000 of at most 1000 look-ups");
    }

    @Test
    void oneCallerHasAsManyAsItMayHaveStreams() {
        LookUps lookUps = new LookUps(readers, 300);
        for (int i = 0; i < 300; i++) {
            ask(lookUps, "one");
        }
        assertRefused(lookUps, "one", "300 of at most 300 look-ups that wait for the log "
            + "(rivulet.connections.address.max)");
        ask(lookUps, "another");
    }

    @Test
    void oneCallerHasAHundredAtLeastAndAllWhereItsStreamsHaveNoBound() {
        LookUps few = new LookUps(readers, 1);
        LookUps any = new LookUps(readers, 0);
        for (int i = 0; i < 100; i++) {
            ask(few, "one");
            ask(any, "one");
        }
        assertRefused(few, "one", "100 of at most 100");
        ask(any, "one");
    }

    @Test
    void thoseThatAreOverMakeRoom() {
        LookUps lookUps = new LookUps(readers, 100);
        for (int i = 0; i < 100; i++) {
            ask(lookUps, "one");
        }
        assertRefused(lookUps, "one", "100 of at most 100");
        readers.end();
        assertEquals(0, lookUps.waiting());
        ask(lookUps, "one");
        assertEquals(0, lookUps.waiting());
    }
}
