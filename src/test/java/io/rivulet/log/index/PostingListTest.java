package io.rivulet.log.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Postings in any order come out ascending, each once; a list of which the last are wanted forgets the first. */
class PostingListTest {

    @Test
    void itHasEachPostingOnceAndTheLastOfMany() {
        Random random = new Random(29);
        for (int round = 0; round < 200; round++) {
            int range = 1 + random.nextInt(20_000);
            int max = random.nextInt(4) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(500);
            PostingList list = new PostingList();
            TreeSet<Long> model = new TreeSet<>();
            boolean ascending = random.nextInt(4) == 0;
            for (int i = random.nextInt(8_000); i > 0; i--) {
                long posting = ascending ? range++ : random.nextInt(range);
                list.add(posting);
                list.keepLast(max);
                model.add(posting);
            }
            long[] found = list.ascending();
            long[] all = model.stream().mapToLong(Long::longValue).toArray();
            int wanted = Math.min(max, all.length);
            assertTrue(found.length >= wanted);
            assertArrayEquals(Arrays.copyOfRange(all, all.length - wanted, all.length),
                Arrays.copyOfRange(found, found.length - wanted, found.length));
            assertTrue(max < Integer.MAX_VALUE || found.length == all.length);
        }
    }
}
