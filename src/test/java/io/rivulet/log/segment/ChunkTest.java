package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.log.LogEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records of a chunk are decoded for whoever asks, and shared by those who ask for the same. */
class ChunkTest {

    private static final int EVENTS = 300;

    private static List<Event> events(Random random, int n) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Event.Builder event = Event.builder().data("x".repeat(random.nextInt(200)))
                .markPrivate(random.nextBoolean()).id(random.nextBoolean() ? null : "id " + i)
                .type(random.nextBoolean() ? null : "t" + i);
            for (int topics = random.nextInt(4); topics >= 0; topics--) {
                event.topic("topic ä " + random.nextInt(100));
            }
            events.add(event.build());
        }
        return events;
    }

    @Test
    void itGrowsBlockByBlockAndHasEachRecordWithItsCommit() throws IOException {
        Random random = new Random(23);
        List<Event> all = events(random, EVENTS);
        Chunk chunk = null;
        List<Long> bases = new ArrayList<>();
        for (int from = 0; from < EVENTS; ) {
            int to = Math.min(EVENTS, from + 1 + random.nextInt(20));
            List<Event> block = all.subList(from, to);
            chunk = chunk == null ? Chunks.of(11, block) : Chunks.grown(chunk, block);
            for (int i = from; i < to; i++) {
                bases.add(11L + from);
            }
            for (int i = 0; i < to; i++) { // each of them, in the arrays that have moved
                LogEntry entry = chunk.at(11 + i);
                Event event = entry.event();
                assertEquals(all.get(i).topics() + " " + all.get(i).id() + " " + all.get(i).type() + " "
                    + all.get(i).text() + " " + all.get(i).isPrivate(), event.topics() + " " + event.id() + " "
                    + event.type() + " " + event.text() + " " + event.isPrivate());
                assertEquals("[" + (11 + i) + ", " + Chunks.EPOCH + ", " + Chunks.NONCE + ", "
                    + Chunks.timeMs(bases.get(i)) + "]", List.of(entry.position(), (long) entry.epoch(),
                    (long) entry.nonce(), entry.timeMs()).toString());
                assertEquals(Chunks.NONCE, chunk.nonce(11 + i));
                assertEquals(Chunks.timeMs(bases.get(i)), chunk.timeMs(11 + i));
            }
            from = to;
        }
        assertEquals(11 + EVENTS - 1, chunk.last());
        Chunk whole = chunk;
        assertThrows(IndexOutOfBoundsException.class, () -> whole.at(11 + EVENTS));
        assertThrows(IndexOutOfBoundsException.class, () -> whole.at(10));
    }

    @Test
    void whatIsAskedForOnceIsNotKeptAndWhatIsAskedForAgainIsShared() throws IOException {
        Chunk chunk = Chunks.of(1, events(new Random(3), 5));
        LogEntry first = chunk.at(2);
        assertNull(chunk.known(2));
        assertEquals(0, chunk.decodedBytes());
        LogEntry second = chunk.at(2);
        assertNotSame(first, second);
        assertSame(second, chunk.at(2));
        assertSame(second, chunk.known(2));
        assertNull(chunk.known(3));
        assertEquals(second.weight(), chunk.decodedBytes());
        assertEquals(second.weight(), chunk.forgetDecoded());
        assertNull(chunk.known(2));
        assertEquals(0, chunk.decodedBytes());
    }

    @Test
    void whatNobodyAskedForSinceTimePassedLastIsKeptNoLonger() throws IOException {
        Chunk chunk = Chunks.of(1, events(new Random(3), 5));
        chunk.at(2);
        LogEntry kept = chunk.at(2);
        assertSame(kept, chunk.at(2));
        chunk.age();
        assertSame(kept, chunk.at(2));
        chunk.age();
        chunk.age();
        assertNull(chunk.known(2));
        assertEquals(0, chunk.decodedBytes());
    }

    @Test
    void whatIsKeptStaysWhenTheChunkGrows() throws IOException {
        Chunk chunk = Chunks.of(1, events(new Random(4), 5));
        chunk.at(5);
        LogEntry kept = chunk.at(5);
        Chunks.grown(chunk, events(new Random(5), 100));
        assertSame(kept, chunk.at(5));
        chunk.at(105);
        assertSame(chunk.at(105), chunk.at(105));
        assertSame(kept, chunk.at(5));
    }

    @Test
    void allThatChunksKeepDecodedHasABound() throws IOException {
        long max = 200_000;
        ChunkCache cache = new ChunkCache(max);
        Random random = new Random(6);
        long most = 0;
        for (int number = 0; number < 50; number++) {
            List<Event> events = events(random, 20);
            long first = 1 + 20L * number;
            Chunk chunk = cache.get(1, number, first,
                known -> Chunks.grown(cache.begun(first, 0), events));
            for (int again = 0; again < 2; again++) {
                for (long position = first; position <= chunk.last(); position++) {
                    chunk.at(position);
                }
            }
            most = Math.max(most, cache.decoded());
        }
        long found = most;
        assertTrue(found > max / 4 && found <= max / 2 + max / 8, () -> found + " bytes are kept decoded");
        assertTrue(cache.weight() <= max / 2, () -> cache.weight() + " bytes of chunks are kept");
    }
}
