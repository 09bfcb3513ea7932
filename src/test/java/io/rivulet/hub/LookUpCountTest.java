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
    private static final long HEAP = 256 << 20;
    /** That heavy look-ups may hold, and a caller's part of it. */
    private static final int HEAVY = 8 << 20;
    private static final int SHARE = 2 << 20;

    private final Readers readers = new Readers(new ReadBudget(1 << 20));
    private final List<CompletableFuture<String>> asked = new ArrayList<>();

    @AfterEach
    void end() {
        readers.end();
        asked.forEach(answer -> assertTrue(answer.isDone(), "whoever waits is told that the hub closes"));
    }

    private LookUps lookUps(int streamsMax) {
        return new LookUps(readers, streamsMax, HEAP);
    }

    private void ask(LookUps lookUps, String caller) {
        ask(lookUps, caller, 4_096);
    }

    private void ask(LookUps lookUps, String caller, long weight) {
        asked.add(lookUps.ask(new Caller(caller), weight, "it", work -> "found"));
    }

    private void assertRefused(LookUps lookUps, String caller, String why) {
        Refused refused = assertThrows(Refused.class, () -> ask(lookUps, caller));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    @Test
    void inAllThereAreAThousand() {
        LookUps lookUps = lookUps(100);
        for (int i = 0; i < ALL; i++) {
            ask(lookUps, "caller " + i);
        }
        assertRefused(lookUps, "another", "1000 of at most 1000 look-ups");
    }

    /** Behind one proxy, say, where addresses have no bound. */
    @Test
    void theLastQuarterIsForThoseWhoHaveFew() {
        LookUps lookUps = lookUps(0);
        for (int i = 0; i < ALL * 3 / 4; i++) {
            ask(lookUps, "one");
        }
        assertRefused(lookUps, "one", "750 of at most 1000 look-ups wait for the log; the others are for callers that "
            + "have few");
        for (int caller = 0; caller < 20; caller++) {
            for (int i = 0; i < 4; i++) {
                ask(lookUps, "caller " + caller);
            }
        }
        assertRefused(lookUps, "caller 0", "830 of at most 1000 look-ups wait for the log; the others");
        for (int i = 830; i < ALL; i++) {
            ask(lookUps, "small caller " + i);
        }
        assertRefused(lookUps, "another", "1000 of at most 1000 look-ups");
    }

    @Test
    void oneCallerHasAsManyAsItMayHaveStreams() {
        LookUps lookUps = lookUps(300);
        for (int i = 0; i < 300; i++) {
            ask(lookUps, "one");
        }
        assertRefused(lookUps, "one", "300 of at most 300 look-ups that wait for the log "
            + "(rivulet.connections.address.max)");
        ask(lookUps, "another");
    }

    @Test
    void oneCallerHasAHundredAtLeastAndAllWhereItsStreamsHaveNoBound() {
        LookUps few = lookUps(1);
        LookUps any = lookUps(0);
        for (int i = 0; i < 100; i++) {
            ask(few, "one");
            ask(any, "one");
        }
        assertRefused(few, "one", "100 of at most 100");
        ask(any, "one");
    }

    @Test
    void thoseThatAreOverMakeRoom() {
        LookUps lookUps = lookUps(100);
        for (int i = 0; i < 100; i++) {
            ask(lookUps, "one");
        }
        assertRefused(lookUps, "one", "100 of at most 100");
        readers.end();
        assertEquals(0, lookUps.waiting());
        ask(lookUps, "one");
        assertEquals(0, lookUps.waiting());
    }

    @Test
    void heavyOnesHoldAThirtySecondOfTheHeapAndLightOnesWaitBesideThem() {
        LookUps lookUps = lookUps(100);
        for (int i = 0; i < 3; i++) {
            ask(lookUps, "caller " + i, SHARE);
        }
        refuseHeavy(lookUps, "another", 16_385, "look-ups that wait for the log hold 6291456 of at most 6291456 bytes, "
            + "and this one's topics and patterns take 16385 more; look-ups of up to 4096 bytes still wait");
        for (int i = 0; i < 100; i++) { // a quarter is for those who hold little
            ask(lookUps, "moderate caller " + i, 16_384);
        }
        refuseHeavy(lookUps, "moderate caller 0", 5_000, "hold 7929856 of at most 6291456");
        ask(lookUps, "light", 4_096);
    }

    @Test
    void oneCallerHasAQuarterOfThatAndOneOfItsLookUpsWeighsWhatItLikes() {
        LookUps lookUps = lookUps(100);
        ask(lookUps, "one", SHARE + 1);
        refuseHeavy(lookUps, "one", 5_000, "the caller's look-ups that wait for the log hold 2097153 of at most "
            + "2097152 bytes, and this one's topics and patterns take 5000 more");
        ask(lookUps, "one");
        ask(lookUps, "another", SHARE - 5_000);
        ask(lookUps, "another", 5_000);
        refuseHeavy(lookUps, "another", 5_000, "hold 2097152 of at most 2097152 bytes");
    }

    @Test
    void heavyOnesThatAreOverMakeRoom() {
        LookUps lookUps = lookUps(100);
        ask(lookUps, "one", HEAVY);
        refuseHeavy(lookUps, "another", 5_000, "hold 8388608");
        readers.end();
        ask(lookUps, "another", HEAVY);
        ask(lookUps, "one", HEAVY);
        assertEquals(0, lookUps.waiting());
    }

    private void refuseHeavy(LookUps lookUps, String caller, long weight, String why) {
        Refused refused = assertThrows(Refused.class, () -> ask(lookUps, caller, weight));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }
}
