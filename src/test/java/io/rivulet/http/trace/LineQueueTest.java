package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Lines that nobody writes away do not fill the memory. */
class LineQueueTest {

    @Test
    void aQueueWhoseWriterStandsTakesSomeThousandLinesAndNoMore() throws Exception {
        CountDownLatch stands = new CountDownLatch(1);
        LineQueue<String> queue = new LineQueue<>("test-lines", lines -> {
            try {
                stands.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            int taken = 0;
            while (taken < 10_000 && queue.add("line")) {
                taken++;
            }
            assertTrue(taken >= 4_096 && taken <= 4_096 + 512, taken + " lines");
        } finally {
            stands.countDown();
            queue.close();
        }
    }
}
