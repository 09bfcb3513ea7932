package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.log.index.LongSet;
import io.rivulet.log.index.Postings;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a look-up remembers of a segment with very many topics is bounded, and is the latest. */
class TopicHitsTest {

    private static final int MAX = 1_000;
    private static final int TOPICS = 500_000;

    @Test
    void ofManyTopicsTheLatestAreKeptInLittleMemory() {
        TopicHits hits = new TopicHits(MAX);
        Random random = new Random(3);
        for (int i = 0; i < TOPICS; i++) {
            int rel = (int) (i * 7_919L % TOPICS); // each once, in no order
            hits.add(random.nextLong(), Postings.posting(rel, 64));
        }
        hits.latestFirst();
        assertEquals(MAX, hits.size());
        for (int i = 0; i < MAX; i++) {
            assertEquals(TOPICS - 1 - i, Postings.rel(hits.posting(i)));
        }
    }

    @Test
    void fewAreAllKeptWithTheirHashes() {
        TopicHits hits = new TopicHits(MAX);
        for (int rel : new int[] {5, 3, 9, 3}) {
            hits.add(rel * 10L, Postings.posting(rel, 64));
        }
        hits.latestFirst();
        assertEquals("90 50 30 30", hits.hash(0) + " " + hits.hash(1) + " " + hits.hash(2) + " " + hits.hash(3));
    }

    @Test
    void aSetOfHashesKnowsWhatWasAdded() {
        LongSet set = new LongSet();
        Set<Long> expected = new HashSet<>();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextInt(10_000) * 0x100000001L;
            assertEquals(expected.add(value), set.add(value));
            assertEquals(expected.size(), set.size());
        }
        for (long value = -5; value < 10_005; value++) {
            assertEquals(expected.contains(value * 0x100000001L), set.contains(value * 0x100000001L));
        }
    }
}
