package io.rivulet.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.IdSeal.Opened;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ids that tell nothing and cannot be made up. */
class IdSealTest {

    private final IdSeal seal = new IdSeal(key(1));

    @Test
    void whatIsSealedOpens() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            int epoch = random.nextInt(1 << 24);
            long durable = random.nextLong() & (1L << 48) - 1;
            long transients = random.nextLong() & 0xffffffffL;
            int nonce = random.nextInt(1 << 24);
            assertEquals(new Opened(epoch, new Position(durable, transients), nonce),
                seal.open(seal.seal(epoch, durable, transients, nonce)));
        }
    }

    @Test
    void theLeastAndTheGreatestOpen() {
        assertEquals(new Opened(0, Position.START, 0), seal.open(seal.seal(0, 0, 0, 0)));
        assertEquals(new Opened((1 << 24) - 1, new Position((1L << 48) - 1, (1L << 32) - 1), (1 << 24) - 1),
            seal.open(seal.seal((1 << 24) - 1, (1L << 48) - 1, (1L << 32) - 1, (1 << 24) - 1)));
    }

    @Test
    void anIdIsAnIriOfFixedLength() {
        assertTrue(seal.seal(1, 2, 3, 4).matches("urn:rivulet:[A-Z2-7]{26}"));
    }

    @Test
    void neighboursLookUnrelated() {
        String one = seal.seal(1, 100, 0, 5);
        String two = seal.seal(1, 101, 0, 5);
        long same = IntStream.range(12, 38).filter(i -> one.charAt(i) == two.charAt(i)).count();
        assertTrue(same < 10, one + " and " + two);
    }

    @Test
    void anotherStoresIdOpensToSomethingElse() {
        String id = seal.seal(3, 42, 0, 99);
        assertNotEquals(seal.open(id), new IdSeal(key(2)).open(id));
    }

    @Test
    void oneCharacterMoreLessOrOtherIsNotTheSamePlace() {
        String id = seal.seal(3, 42, 0, 99);
        for (int i = 0; i < id.length(); i++) {
            char other = id.charAt(i) == 'b' ? 'c' : 'b';
            Opened opened = seal.open(id.substring(0, i) + other + id.substring(i + 1));
            assertTrue(opened == null || opened.nonce() != 99 || opened.position().durable() != 42, "at " + i);
        }
        assertNull(seal.open(id + "a"));
        assertNull(seal.open(id.substring(1)));
        assertNull(seal.open(""));
    }

    @Test
    void anIdHasOneSpelling() {
        String id = seal.seal(3, 42, 0, 99);
        assertNull(seal.open(IdSeal.PREFIX + id.substring(IdSeal.PREFIX.length()).toLowerCase(java.util.Locale.ROOT)));
        Set<Character> last = new HashSet<>();
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".toCharArray()) {
            if (seal.open(id.substring(0, id.length() - 1) + c) != null) {
                last.add(c);
            }
        }
        assertEquals(8, last.size(), "of the last five bits three count: " + last);
        for (char c : "018=+ \n\0é".toCharArray()) {
            assertNull(seal.open(id.substring(0, 20) + c + id.substring(21)));
        }
    }

    @Test
    void aGuessHardlyEverCarriesTheRightNonce() {
        Random random = new Random(11);
        int hits = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder guess = new StringBuilder(IdSeal.PREFIX);
            for (int k = 0; k < 25; k++) {
                guess.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(random.nextInt(32)));
            }
            Opened opened = seal.open(guess.append('A').toString());
            assertNotNull(opened);
            hits += opened.nonce() == 99 ? 1 : 0;
        }
        assertTrue(hits < 5, hits + " of 20,000 guesses");
    }

    @Test
    void manyThreadsMaySeal() throws InterruptedException {
        Set<String> wrong = new HashSet<>();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int epoch = t;
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    String id = seal.seal(epoch, i, 0, 7);
                    if (!new Opened(epoch, Position.ofDurable(i), 7).equals(seal.open(id))) {
                        synchronized (wrong) {
                            wrong.add(id);
                        }
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(Set.of(), wrong);
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[IdSeal.KEY_BYTES];
        new Random(seed).nextBytes(key);
        return key;
    }
}
