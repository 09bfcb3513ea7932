package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.stream.FanOut;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.kit.Unloggable;
import io.rivulet.log.MemoryEventLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicList;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** An Error at any point of a commit: each publisher gets an answer, and the next publish works. */
class CommitterErrorsTest {

    private final SetClock clock = new SetClock();
    private final PublishQueue queue = new PublishQueue(1 << 20);
    private Committer committer;
    private Thread thread;

    private void begin(Executor answering) {
        MemoryEventLog log = new MemoryEventLog(clock);
        TransientTopics transients = new TransientTopics(TopicList.ofNames(List.of()), 1 << 20);
        TailRing ring = TailRing.of(1 << 20, Position.START, "start", frame -> { });
        committer = new Committer(queue, log, log.range(), ring, transients, new EndedTopics(log, (topic, end) -> { }),
            new FanOut(60_000, clock), answering, new Metrics(), clock, System::nanoTime);
        thread = new Thread(committer, "commit of the test");
        thread.setDaemon(true);
        thread.start();
    }

    private void end() throws InterruptedException {
        queue.close();
        thread.join(10_000);
        assertFalse(thread.isAlive());
    }

    /** Events of which the n-th question is answered by an Error. */
    private static final class FailingEvents extends AbstractList<Event> {
        private final Event event = Event.on("t").data("x").build();
        private volatile int countdown = Integer.MAX_VALUE;

        private void step() {
            if (--countdown == 0) {
                throw new OutOfMemoryError("made by the test");
            }
        }

        @Override
        public Event get(int i) {
            step();
            return event;
        }

        @Override
        public int size() {
            step();
            return 1;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorAtEachUseOfAPublishIsAnswered(boolean isTransient) throws Exception {
        begin(Runnable::run);
        int failures = 0;
        boolean passed = false;
        try (Unloggable unloggable = new Unloggable("io.rivulet.hub")) {
            for (int k = 1; !passed; k++) {
                FailingEvents events = new FailingEvents();
                PendingPublish failing = new PendingPublish(events, null, isTransient);
                PendingPublish next = new PendingPublish(List.of(Event.on("t").data("y").build()), null, isTransient);
                events.countdown = k;
                queue.offer(failing);
                passed = answered(failing) && events.countdown > 0;
                failures += passed ? 0 : 1;
                queue.offer(next);
                assertTrue(answered(next), "the next one works, k = " + k);
            }
            assertTrue(failures > 2, "points that failed: " + failures);
            assertEquals(failures, unloggable.refused());
        }
        end();
    }

    private static boolean answered(PendingPublish pending) throws Exception {
        try {
            pending.answer.get(10, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertEquals(Refused.Reason.STORE_FAILED, assertInstanceOf(Refused.class, e.getCause()).reason());
            return false;
        }
    }

    @Test
    void healthTellsAFaultForSomeSeconds() throws Exception {
        begin(Runnable::run);
        assertNull(committer.trouble());
        FailingEvents events = new FailingEvents();
        PendingPublish failing = new PendingPublish(events, null, false);
        events.countdown = 2;
        queue.offer(failing);
        assertFalse(answered(failing));
        end();
        assertNotNull(committer.trouble());
        clock.advanceMs(11_000);
        assertNull(committer.trouble());
    }

    @Test
    void answersThatNoThreadTakesAreGivenByTheCommitter() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        begin(task -> {
            if (tries.incrementAndGet() % 2 == 0) {
                throw new RejectedExecutionException("made by the test");
            }
            throw new OutOfMemoryError("made by the test");
        });
        List<PendingPublish> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(new PendingPublish(List.of(Event.on("t").data("x" + i).build()), null, false));
            queue.offer(all.get(i));
        }
        for (PendingPublish each : all) {
            assertTrue(answered(each));
        }
        end();
    }

    /** The ticker is a loop of rounds, as is the committer: it goes on though the fault cannot even be logged. */
    @Test
    void aTickThatFailsComesAgain() {
        AtomicInteger ticks = new AtomicInteger();
        try (Unloggable unloggable = new Unloggable("io.rivulet.test")) {
            LastingLoop.run(LoggerFactory.getLogger("io.rivulet.test"), "A tick of {} failed", "test", () -> {
                if (ticks.incrementAndGet() < 3) {
                    throw new OutOfMemoryError("made by the test");
                }
                return false;
            });
            assertEquals(2, unloggable.refused());
        }
        assertEquals(3, ticks.get());
    }
}
