package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.kit.Stub;
import io.rivulet.log.CopiedLog;
import io.rivulet.log.LogWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions that have to wait for the engine of a cluster, while it stands still: nobody else waits with them. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class BarrierTest {

    private static final int MANY = 20;

    /** A copy of a log whose engine answers when the test says so. */
    private static final class Copy {
        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch answers = new CountDownLatch(1);
        private final CopiedLog log = Stub.of(CopiedLog.class,
            (method, arguments) -> method.equals("isCopy") || asked());
        private volatile IOException failure;

        private boolean asked() throws Exception {
            calls.incrementAndGet();
            answers.await();
            if (failure != null) {
                throw failure;
            }
            return true;
        }
    }

    /** A question with a cursor that nobody knows; one without a copy knows it. */
    private static final class Asked implements Readers.Question {
        private final Copy copy;
        private final AtomicInteger begun = new AtomicInteger();
        private final CountDownLatch told = new CountDownLatch(1);
        private volatile String how;

        Asked(Copy copy) {
            this.copy = copy;
        }

        @Override
        public void run(LogWork work) throws IOException {
            begun.incrementAndGet();
            for (int i = 0; i < 2; i++) { // it has a place, as well
                work.cost(LogWork.SLICE);
                work.pause();
            }
            if (copy != null) {
                assertTrue(work.catchUp(copy.log));
            }
            tell("answered");
        }

        private void tell(String what) {
            how = what;
            told.countDown();
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void failed(Throwable e) {
            tell("failed");
        }

        @Override
        public void dropped() {
            tell("dropped");
        }

        String told(String when) throws InterruptedException {
            assertTrue(told.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), "nobody is told, " + when);
            return how;
        }
    }

    private static Readers readers() {
        Readers readers = new Readers(new ReadBudget(1 << 20),
            new ReaderLimits(1, 2, 2, 10 * LogWork.SLICE));
        readers.start();
        return readers;
    }

    private static List<Asked> ask(Readers readers, Copy copy, int n) {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Asked one = new Asked(copy);
            readers.submit(new Caller("caller " + i), one);
            all.add(one);
        }
        return all;
    }

    @Test
    void othersAreAnsweredMeanwhileAndOneCallPassesAllWhoWait() throws Exception {
        Readers readers = readers();
        try {
            Copy copy = new Copy();
            List<Asked> waiting = ask(readers, copy, MANY);
            Await.until("all wait, and the engine is asked",
                () -> readers.waiting() == MANY && readers.free() == 1 && copy.calls.get() == 1);
            for (Asked other : ask(readers, null, MANY)) {
                assertEquals("answered", other.told("while the engine stands still"));
            }
            assertEquals(1, copy.calls.get(), "nobody asks a second time while the first call is on its way");
            copy.answers.countDown();
            for (Asked one : waiting) {
                assertEquals("answered", one.told("behind the barrier"));
            }
            assertTrue(copy.calls.get() <= 2, copy.calls.get() + " calls: who came behind the first shares the second");
            assertTrue(waiting.stream().allMatch(one -> one.begun.get() <= 3), "begun for the barrier and for a place");
        } finally {
            readers.close();
        }
    }

    @Test
    void whoWaitsIsToldThatTheEngineCannotBeAsked() throws Exception {
        Readers readers = readers();
        try {
            Copy copy = new Copy();
            copy.failure = new IOException("nobody answers");
            copy.answers.countDown();
            for (Asked one : ask(readers, copy, MANY)) {
                assertEquals("failed", one.told("behind the barrier"));
            }
        } finally {
            readers.close();
        }
    }

    @Test
    void whoWaitsWhenTheReadersCloseIsDropped() throws Exception {
        Readers readers = readers();
        Copy copy = new Copy();
        try {
            List<Asked> waiting = ask(readers, copy, MANY);
            Await.until("all wait", () -> readers.waiting() == MANY && readers.free() == 1);
            readers.end();
            for (Asked one : waiting) {
                assertEquals("dropped", one.told("at the end"));
            }
        } finally {
            copy.answers.countDown();
            readers.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void anErrorAtEachPointOfTheWayToTheEngineLosesNoQuestionAndNoTurn(int burst) throws Exception {
        Readers readers = readers();
        Copy copy = new Copy();
        copy.answers.countDown();
        try (Quiet quiet = new Quiet()) {
            ask(readers, copy, 1).get(0).told("before the first fault");
            for (String name : List.of("rivulet-barrier", "rivulet-read-")) {
                boolean thrown = true;
                for (int n = 1; thrown; n += (burst + 1) / 2) {
                    String when = name + ", n = " + n;
                    try (FaultSwitch faults = FaultSwitch.at(n, burst, FaultSwitch.named(name),
                        () -> new OutOfMemoryError("made by the test"))) {
                        for (Asked one : ask(readers, copy, 3)) {
                            one.told(when);
                        }
                        thrown = faults.hasThrown();
                    }
                    assertEquals("answered", ask(readers, copy, 1).get(0).told(when), when);
                    Await.until("all turns and lines to be as before, " + when,
                        () -> readers.free() == 1 && readers.waiting() == 0);
                    assertTrue(n < 5_000, "it ends");
                }
            }
        } finally {
            readers.close();
        }
    }
}
