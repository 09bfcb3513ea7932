package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.log.Digest;
import io.rivulet.log.ProducerMark;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Whoever may publish makes up producers as they like; memory knows those that published last. */
class KnownProducersTest {

    private final Producers producers = new Producers(null, null, () -> { });

    private static Digest name(int producer) {
        return new Digest(producer, producer);
    }

    private long epoch(int producer) throws IOException {
        return producers.standing(name(producer), () -> {
            throw new IllegalStateException("searched for");
        }).epoch();
    }

    @Test
    void memoryKnowsTenThousandAndTheOthersAreSearchedFor() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            producers.remember(new ProducerMark(name(i), i, 0, 1), "id");
        }
        assertEquals(0, epoch(0)); // which is the newest by that
        producers.remember(new ProducerMark(name(10_000), 10_000, 0, 1), "id");
        assertThrows(IllegalStateException.class, () -> epoch(1));
        assertEquals(0, epoch(0));
        assertEquals(10_000, epoch(10_000));
    }
}
