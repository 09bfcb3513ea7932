package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.Budgets;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.kit.Stub;
import io.rivulet.log.LogWork;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An Error at any point of a thread that reads the log: whoever asked is told, the thread's turn and place are there
 * for the next question, and the memory of an answer is given back.
 */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class ReadersErrorsTest {

    private static final int SHORT_SLICES = 2;

    /** A question of so many slices, which waits for its turn after each. */
    private static final class Asked implements Readers.Question {
        private final int slices;
        private final CountDownLatch told = new CountDownLatch(1);
        private volatile boolean begun;
        private volatile boolean gone;
        private volatile boolean answered;

        Asked(int slices) {
            this.slices = slices;
        }

        @Override
        public void run(LogWork work) {
            begun = true;
            for (int i = 0; i < slices; i++) {
                work.cost(LogWork.SLICE);
                work.pause();
            }
            answered = true;
            told.countDown();
        }

        @Override
        public boolean isGone() {
            return gone;
        }

        @Override
        public void failed(Throwable e) {
            told.countDown();
        }

        @Override
        public void dropped() {
            told.countDown();
        }

        void awaitTold(String when) throws InterruptedException {
            assertTrue(told.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), "nobody is told, " + when);
        }
    }

    private static Asked ask(Readers readers, String caller, int slices) {
        Asked one = new Asked(slices);
        readers.submit(new Caller(caller), one);
        return one;
    }

    /** As many as can stand at a time: all threads are then there, and are idle when these are gone. */
    private static void makeThreads(Readers readers) throws InterruptedException {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(ask(readers, "caller " + i, Integer.MAX_VALUE));
        }
        Await.until("all have begun", () -> all.stream().allMatch(one -> one.begun));
        all.forEach(one -> one.gone = true);
        for (Asked one : all) {
            one.awaitTold("before the first fault");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void anErrorAtEachPointOfAThreadLosesNoQuestionNoTurnAndNoPlace(int burst) throws Exception {
        Readers readers = new Readers(new ReadBudget(1 << 20),
            new ReaderLimits(1, 2, 2, SHORT_SLICES * LogWork.SLICE));
        readers.start();
        try (Quiet quiet = new Quiet()) {
            makeThreads(readers);
            boolean thrown = true;
            for (int n = 1; thrown; n += (burst + 1) / 2) {
                String when = "n = " + n;
                try (FaultSwitch faults = FaultSwitch.at(n, burst, FaultSwitch.named("rivulet-read-"),
                    () -> new OutOfMemoryError("made by the test"))) {
                    List<Asked> all = List.of(ask(readers, "a", 1), ask(readers, "b", 4), ask(readers, "c", 4));
                    for (Asked one : all) {
                        one.awaitTold(when);
                    }
                    thrown = faults.hasThrown();
                }
                Asked next = ask(readers, "d", 4);
                next.awaitTold(when);
                assertTrue(next.answered, when);
                Await.until("all turns and lines to be as before, " + when,
                    () -> readers.free() == 1 && readers.waiting() == 0);
                assertTrue(n < 5_000, "it ends");
            }
        } finally {
            readers.close();
        }
    }

    /** The question is in the line or it is not; and one that is there is answered, whoever has failed to begin it. */
    @Test
    void anErrorAtEachPointOfWhoeverAsksLeavesNoQuestionBehind() throws Exception {
        Readers readers = new Readers(new ReadBudget(1 << 20));
        readers.start();
        Thread here = Thread.currentThread();
        try (Quiet quiet = new Quiet()) {
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                Asked one = new Asked(1);
                boolean submitted = false;
                try (FaultSwitch faults = FaultSwitch.at(n, thread -> thread == here,
                    () -> new OutOfMemoryError("made by the test"))) {
                    readers.submit(new Caller("me"), one);
                    submitted = true;
                    thrown = faults.hasThrown();
                } catch (OutOfMemoryError e) {
                    thrown = true;
                }
                if (submitted) {
                    one.awaitTold("n = " + n);
                }
                ask(readers, "another", 1).awaitTold("n = " + n);
                Await.until("no question to wait", () -> readers.waiting() == 0 && readers.free() == 2);
                assertEquals(submitted, one.begun, "n = " + n);
            }
        } finally {
            readers.close();
        }
    }

    private static Subscriber stream(StreamOwner<Subscriber> owner) {
        SubscribeRequest request = new SubscribeRequest(TopicSelection.ofTopics(List.of("t")), Grant.ANONYMOUS, null,
            Since.EARLIEST, Duration.ofMinutes(5), true, HubScene.PLAIN, "192.0.2.1");
        return new Subscriber(request, null, owner, new Admission(new StreamNames().next(), null, 0, Long.MAX_VALUE,
            Variant.PLAIN));
    }

    private static HistoryRead.Result read(long bytes) {
        return new HistoryRead.Result(List.of(), Position.START, bytes, null, null, null, false);
    }

    @SuppressWarnings("unchecked")
    private static StreamOwner<Subscriber> owner(Stub.Answer answer) {
        return Stub.of(StreamOwner.class, answer);
    }

    @Test
    void theMemoryOfAnAnswerIsGivenBackOnceWhateverFailsOnItsWay() throws Exception {
        ReadBudget budget = new ReadBudget(1 << 20);
        Readers readers = new Readers(budget);
        BlockingQueue<Mailbox.Work> posted = new LinkedBlockingQueue<>();
        StreamOwner<Subscriber> owner = owner((method, arguments) -> {
            if (method.equals("post") && arguments[1] instanceof Mailbox.Work work) {
                posted.add(work);
            } else if (method.equals("answered")) {
                throw new OutOfMemoryError("made by the test");
            }
            return null;
        });
        readers.start();
        try (Quiet quiet = new Quiet()) {
            readers.read(stream(owner), work -> read(3_000));
            Mailbox.Work answer = posted.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertEquals(3 << 10, Budgets.taken(budget));
            OutOfMemoryError met = assertThrows(OutOfMemoryError.class, answer::run);
            answer.failed(met);
            answer.failed(met);
            assertEquals(0, Budgets.taken(budget));
        } finally {
            readers.close();
        }
    }

    @Test
    void aStreamWhoseReadFailsIsEndedAndItsMemoryIsGivenBackThoughItsOwnerHasTheAnswer() throws Exception {
        ReadBudget budget = new ReadBudget(1 << 20);
        Readers readers = new Readers(budget);
        CountDownLatch removed = new CountDownLatch(1);
        List<Mailbox.Work> posted = new ArrayList<>();
        StreamOwner<Subscriber> owner = owner((method, arguments) -> {
            if (method.equals("post") && arguments[1] instanceof Mailbox.Work work) {
                posted.add(work);
                throw new OutOfMemoryError("made by the test"); // it is posted all the same
            } else if (method.equals("post")) {
                removed.countDown();
            }
            return null;
        });
        Subscriber s = stream(owner);
        readers.start();
        try (Quiet quiet = new Quiet()) {
            readers.read(s, work -> read(3_000));
            assertTrue(removed.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
            assertEquals(EndReason.FAULT, s.ending());
            posted.get(0).failed(null);
            assertEquals(0, Budgets.taken(budget));
        } finally {
            readers.close();
        }
    }
}
