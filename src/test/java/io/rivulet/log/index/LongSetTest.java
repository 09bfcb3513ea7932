package io.rivulet.log.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The set of hashes that a look-up has seen. */
class LongSetTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void itKnowsWhatWasAdded() {
        Random random = new Random(17);
        LongSet set = new LongSet();
        Set<Long> model = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextInt(4) == 0 ? random.nextInt(500) : random.nextLong();
            assertEquals(model.contains(value), set.contains(value));
            assertEquals(model.add(value), set.add(value));
            assertEquals(model.size(), set.size());
        }
    }

    /** A look-up of the newest of all topics makes one; with 20,000 topics it was an array of half a megabyte. */
    @Test
    void twentyThousandTakeHalfAMegabyteWithAllThatItGrewThrough() {
        new LongSet().add(1); // the class is loaded
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        LongSet set = new LongSet();
        for (int i = 1; i <= 20_000; i++) {
            set.add(i);
        }
        long made = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertTrue(made < 600_000, () -> made + " bytes for " + set.size());
    }
}
