package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.kit.Await;
import io.rivulet.kit.Quiet;
import io.rivulet.log.LogWork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who may read the log next. One turn at a time makes an order of it, which the questions of the test write down slice
 * by slice: nobody's look-ups wait for those of another for longer than a few slices.
 */
@SuppressWarnings("try") // Quiet is open, and that is all
class ReadersTest {

    private static final int PLACES = 4;
    private static final long SHORT_SLICES = 10;
    private static final int NOTED_MAX = 1_000_000;

    private final List<String> slices = Collections.synchronizedList(new ArrayList<>());
    private final List<Asked> asked = new ArrayList<>();
    private final Readers readers = new Readers(new ReadBudget(1 << 20),
        new ReaderLimits(1, PLACES, PLACES / 2, SHORT_SLICES * LogWork.SLICE));

    /** A question of so many slices; it counts how often it began, and where it stands. */
    private class Asked implements Readers.Question {
        private final String name;
        private final long length;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger standing;
        private final CountDownLatch dropped = new CountDownLatch(1);
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile boolean gone;

        Asked(String name, long length, AtomicInteger standing) {
            this.name = name;
            this.length = length;
            this.standing = standing;
        }

        @Override
        public void run(LogWork work) {
            begun.incrementAndGet();
            standing.incrementAndGet();
            try {
                for (long i = 0; i < length; i++) {
                    if (slices.size() < NOTED_MAX) {
                        slices.add(name);
                    }
                    work.cost(LogWork.SLICE);
                    work.pause();
                }
            } finally {
                standing.decrementAndGet();
            }
            answered.countDown();
        }

        @Override
        public boolean isGone() {
            return gone;
        }

        @Override
        public void failed(Throwable e) {
            throw new AssertionError("it does not fail", e);
        }

        @Override
        public void dropped() {
            dropped.countDown();
        }
    }

    private final AtomicInteger standing = new AtomicInteger();

    private Asked ask(String caller, String name, long length) {
        Asked one = new Asked(name, length, standing);
        asked.add(one);
        readers.submit(new Caller(caller), one);
        return one;
    }

    private List<Asked> askEndless(String caller, int n) {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(ask(caller, caller, Long.MAX_VALUE));
        }
        return all;
    }

    @AfterEach
    void end() throws InterruptedException {
        readers.close();
        assertEquals(0, standing.get(), "the threads have ended");
    }

    @Test
    void aStrangerWaitsForAFewSlicesOfOneThatHasFortyLookUpsWithoutAnEnd() {
        askEndless("attacker", 40);
        Asked stranger = ask("stranger", "stranger", 5);
        readers.start();
        Await.until("the stranger is answered", () -> stranger.answered.getCount() == 0);
        List<String> order = List.copyOf(slices);
        long waited = order.subList(0, order.lastIndexOf("stranger")).stream().filter("attacker"::equals).count();
        assertTrue(waited <= 3 * 5, waited + " slices of the attacker before the last of the stranger");
    }

    /** At first all that have begun are short; when they turn out to be long, they leave their places to others. */
    @Test
    void lookUpsWithoutAnEndOfAnyNumberOfCallersKeepNobodyOut() {
        for (int i = 0; i < 20; i++) {
            askEndless("attacker " + i, 3);
        }
        readers.start();
        Await.until("all were tried", () -> asked.stream().allMatch(one -> one.begun.get() > 0));
        Asked stranger = ask("stranger", "stranger", 5);
        int before = slices.size();
        Await.until("the stranger is answered", () -> stranger.answered.getCount() == 0);
        List<String> all = List.copyOf(slices); // others go on
        long waited = all.subList(before, all.size()).indexOf("stranger");
        assertTrue(waited <= 2 * PLACES * SHORT_SLICES, waited + " slices of others before the first of the stranger");
        assertTrue(asked.stream().allMatch(one -> one.begun.get() <= 3),
            "work was given up once at most, beside a first slice");
    }

    @Test
    void thoseThatHaveBegunAreBoundedInAllAndForEachCaller() {
        askEndless("a", 30);
        readers.start();
        Await.until("all were tried", () -> asked.stream().allMatch(one -> one.begun.get() > 0));
        assertTrue(standing.get() <= PLACES + 1, standing.get() + " of one caller hold a thread");
        askEndless("b", 30);
        askEndless("c", 30);
        Await.until("all were tried", () -> asked.stream().allMatch(one -> one.begun.get() > 0));
        assertTrue(standing.get() <= 2 * PLACES + 1, standing.get() + " hold a thread, one of them for a slice");
    }

    /** The questions of some hold all places and never turn out to be long ones. */
    @Test
    void whatIsDoneWithinASliceNeedsNoPlace() throws InterruptedException {
        try (Endless held = new Endless()) {
            Await.until("all places are taken", () -> held.standing() == PLACES);
            Asked quick = new Asked("quick", 0, standing);
            held.readers.submit(new Caller("quick"), quick);
            quick.answered.await();
            Asked more = new Asked("more", 2, standing);
            held.readers.submit(new Caller("more"), more);
            Await.until("it has had its first slice", () -> more.begun.get() == 1);
            assertEquals(1, more.answered.getCount(), "without a place it comes no further");
        }
    }

    /** Readers whose places are held by as many questions without an end, of two callers. */
    private final class Endless implements AutoCloseable {
        private final Readers readers = new Readers(new ReadBudget(1 << 20),
            new ReaderLimits(1, PLACES, PLACES / 2, Long.MAX_VALUE));
        private final AtomicInteger own = new AtomicInteger();

        Endless() {
            for (int i = 0; i < PLACES; i++) {
                readers.submit(new Caller("holder " + i % 2), new Asked("holder", Long.MAX_VALUE, own));
            }
            readers.start();
        }

        int standing() {
            return own.get();
        }

        @Override
        public void close() {
            try {
                readers.close();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertEquals(0, own.get());
        }
    }

    /** The processor was wanted by others, so what goes on rests. Hours, that the clock of the test alone lets pass. */
    @Test
    void whatGoesOnForLongerThanASliceRestsAndWhatIsDoneWithinOneDoesNot() throws InterruptedException {
        long hour = 3_600_000_000_000L;
        AtomicLong now = new AtomicLong();
        AtomicLong worked = new AtomicLong();
        Readers resting = new Readers(new ReadBudget(1 << 20),
            new ReaderLimits(2, PLACES, PLACES / 2, Long.MAX_VALUE), now::get,
            () -> new Courtesy(now::get, worked::get, 3));
        try {
            resting.submit(new Caller("long"), new Asked("long", Long.MAX_VALUE, standing) {
                @Override
                public void run(LogWork work) {
                    while (true) {
                        slices.add("long");
                        worked.addAndGet(hour);
                        now.addAndGet(2 * hour);
                        work.cost(LogWork.SLICE);
                        work.pause();
                    }
                }
            });
            resting.start();
            Await.until("its first slice is over", () -> slices.size() == 1 && resting.free() == 2);
            for (int slice = 1; slice <= 3; slice++) {
                Asked quick = new Asked("quick", 0, standing);
                resting.submit(new Caller("quick"), quick);
                quick.answered.await();
                assertEquals(slice, slices.size(), "it rests for three hours");
                now.addAndGet(3 * hour);
                resting.submit(new Caller("quick"), new Asked("another", 0, standing)); // somebody looks
                int next = slice + 1;
                Await.until("it goes on", () -> slices.size() == next && resting.free() == 2);
            }
        } finally {
            resting.close();
        }
    }

    @Test
    void oneWhoseCallerHasLeftStopsWithinASlice() throws InterruptedException {
        List<Asked> left = askEndless("left", 2);
        Asked other = ask("other", "other", Long.MAX_VALUE);
        readers.start();
        Await.until("all have begun", () -> asked.stream().allMatch(one -> one.begun.get() > 0));
        left.forEach(one -> one.gone = true);
        int before = slices.size();
        for (Asked one : left) {
            one.dropped.await();
        }
        List<String> all = List.copyOf(slices);
        long more = all.subList(before, all.size()).stream().filter("left"::equals).count();
        assertTrue(more <= left.size(), more + " slices for those that have left");
        assertEquals(1, other.dropped.getCount(), "the other goes on");
    }

    @Test
    void oneThatHasLeftBeforeItsTurnIsNeverBegun() throws InterruptedException {
        Asked left = ask("left", "left", 1);
        left.gone = true;
        readers.start();
        left.dropped.await();
        assertEquals(0, left.begun.get());
    }

    /** The long places of a caller are taken: the work is given up, and done from its beginning when one is free. */
    @Test
    void aLongOneThatFindsNoPlaceBeginsAgainAndIsAnswered() throws InterruptedException {
        List<Asked> first = askEndless("a", PLACES / 2);
        readers.start();
        Await.until("they are long ones", () -> slices.size() > 3 * PLACES * SHORT_SLICES);
        Asked late = ask("a", "late", 3 * SHORT_SLICES);
        Await.until("it has given up its work", () -> readers.waiting() == 1 && late.begun.get() == 1);
        first.get(0).gone = true;
        late.answered.await();
        assertEquals(2, late.begun.get());
        assertEquals(1, late.dropped.getCount(), "it was answered, and so not dropped");
    }

    @Test
    void closingDropsThoseThatWaitAndThoseThatStand() throws InterruptedException {
        askEndless("a", 10);
        askEndless("b", 10);
        readers.start();
        Await.until("some have begun", () -> standing.get() >= PLACES);
        readers.close();
        for (Asked one : asked) {
            one.dropped.await();
        }
        Asked late = ask("c", "late", 1);
        assertEquals(0, late.dropped.getCount());
    }

    private class Failing extends Asked {
        Failing() {
            super("failing", 1, standing);
        }

        @Override
        public void run(LogWork work) {
            throw new OutOfMemoryError("made by the test");
        }
    }

    @Test
    void whoeverAskedIsToldOfWhatItsWorkThrewAndNoThreadEnds() throws InterruptedException {
        List<Throwable> told = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 2 * PLACES; i++) {
            readers.submit(new Caller("failing"), new Failing() {
                @Override
                public void failed(Throwable e) {
                    told.add(e);
                }
            });
        }
        Asked next = ask("next", "next", 3);
        readers.start();
        next.answered.await();
        Await.until("all are told", () -> told.size() == 2 * PLACES);
    }

    @Test
    void whoeverCannotBeToldIsToldTwentyTimesAndTheNextIsAnswered() throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        try (Quiet quiet = new Quiet()) {
            readers.submit(new Caller("failing"), new Failing() {
                @Override
                public void failed(Throwable e) {
                    told.incrementAndGet();
                    throw new OutOfMemoryError("made by the test, again");
                }
            });
            Asked next = ask("next", "next", 3);
            readers.start();
            Await.until("the next one is answered", () -> next.answered.getCount() == 0);
            Await.until("all tries", () -> told.get() >= 20);
            readers.close();
        }
        assertEquals(20, told.get());
    }
}
