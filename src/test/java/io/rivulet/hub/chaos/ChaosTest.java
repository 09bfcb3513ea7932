package io.rivulet.hub.chaos;

import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Something is thrown at each point of a thread of the hub: nothing acknowledged is lost, doubled or reordered, each
 * publisher gets an answer, nobody who left is counted any more, and the log opens again.
 */
@ExtendWith(FaultPoints.class)
class ChaosTest {

    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 60);
    /** A tick has less, so later ones are of the tick that follows. */
    private static final int TICK_POINTS = 10;
    private static final List<Supplier<Throwable>> FAULTS = List.of(() -> new OutOfMemoryError("made by the test"),
        () -> new StackOverflowError("made by the test"), () -> new IllegalStateException("made by the test"));

    /** Two of three seeds are the same in each build, the third is new. A failure says how to repeat it. */
    @ParameterizedTest
    @ValueSource(strings = {"rivulet-commit", "rivulet-answer", "rivulet-shard-", "rivulet-read-"})
    void whateverAThreadMeetsItKeepsThePromises(String name, @TempDir Path folder) throws Exception {
        Long again = Long.getLong("chaos.seed");
        long[] seeds = again == null ? new long[] {1, 2, System.nanoTime()} : new long[] {again};
        int rounds = ROUNDS / seeds.length;
        for (int i = 0; i < seeds.length; i++) {
            int begin = Integer.getInteger("chaos.begin", 1 + i * rounds / 2); // each goes on where the last one ended
            try {
                disturb(name, new Random(seeds[i]), begin, rounds, folder.resolve("" + i));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("once more: -Dtest=ChaosTest -Dtest.jvm.args=\"-Dchaos.seed=" + seeds[i]
                    + " -Dchaos.begin=" + begin + " -Dchaos.rounds=" + rounds + "\", the thread is " + name, e);
            }
        }
    }

    /** Throws at each point from {@code begin} on, then at points that chance chooses. */
    private static void disturb(String name, Random random, int begin, int rounds, Path folder) throws Exception {
        Predicate<Thread> threads = FaultSwitch.named(name);
        try (Chaos chaos = new Chaos(folder)) {
            int n = begin;
            for (int round = 0; round < rounds; round++) {
                if (!chaos.round(n, 1 + round % 2 * random.nextInt(4), threads, FAULTS.get(round % FAULTS.size()))) {
                    n = 1;
                }
                n += round < rounds / 2 ? 1 : 1 + random.nextInt(40);
            }
            chaos.end();
        }
    }

    /** That the next one is thrown shows that the thread has outlived the one before. */
    @Test
    void theTickerComesAgainAfterWhateverItMeets(@TempDir Path folder) throws Exception {
        try (Chaos chaos = new Chaos(folder)) {
            for (int n = 1; n <= TICK_POINTS; n++) {
                try (FaultSwitch faults = FaultSwitch.at(n, 1 + n % 3, FaultSwitch.named("rivulet-tick"),
                    FAULTS.get(n % 3))) {
                    Await.until("a tick", faults::hasThrown);
                }
            }
            chaos.end();
        }
    }
}
