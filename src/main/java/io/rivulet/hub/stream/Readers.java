package io.rivulet.hub.stream;

import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.log.CopiedLog;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.LastingLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read the log for others, {@code rivulet-read-1} and so on. Shards send them the questions of feeds,
 * and the hub its look-ups for the doors; any thread submits. So neither a shard nor a thread of the container ever
 * waits for the disk.
 *
 * <p>The hard thing is a question that costs seconds, of which a stranger may send forty. Only {@link
 * ReaderLimits#turns} of the questions run at a time. One whose slice is used up ({@link LogWork}) stops where it
 * stands, on its own thread, and goes to the back of its caller's line; callers take turns. Threads keep where a
 * question stands, so none of its work is done twice, and no loop of the log has to be written as a state.
 *
 * <p>What goes on for longer than a slice rests in between, all of it together, as {@link Courtesy} says: else the
 * look-ups of strangers keep two threads busy for ever, and whoever has to be quick waits for the processor like them.
 * A question that begins never rests, so one that is done within a slice does not wait for those that are not.
 *
 * <p>A question that stands holds a thread and some memory, so their number is bounded. Those that are short and those
 * that turned out to be long have places of their own, so long ones never keep a short one from its end. A question
 * needs one of the short places when its first slice ends, and one of the long places when it has cost more than
 * {@link ReaderLimits#shortSteps}. Where none is free it gives up its work and begins again when there is one. So
 * whatever is done within a slice, as most look-ups are, needs no place and waits for the first slices of others alone.
 *
 * <p>One that has to wait for the engine of a cluster gives up its work as well. It begins again when the {@link
 * Barrier} has let it pass.
 *
 * <p>Each stream has at most one question here, and the {@link ReadBudget} bounds the answers that nobody has taken
 * yet.
 */
public final class Readers {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final Predicate<Object> ANY = caller -> true;
    /** Levels of a question: in its first slice, short, long. */
    private static final int FIRST = 0;
    private static final int SHORT = 1;
    private static final int LONG = 2;
    /** To tell somebody the end of his question. */
    private static final int TRIES = 20;

    private final ReadBudget budget;
    private final ReaderLimits limits;
    private final LongSupplier nanos;
    private final Supplier<Courtesy> courtesies;
    private final ReentrantLock lock = new ReentrantLock();
    // all below under the lock
    private final FairLine<Work> fresh = new FairLine<>();
    private final FairLine<Work> paused = new FairLine<>();
    /** They wait for a place of their level, and begin again. */
    private final FairLine<Work> shortOnes = new FairLine<>();
    private final FairLine<Work> longOnes = new FairLine<>();
    /** They wait for other nodes' events, and begin again. */
    private final Barrier<Work> barrier = new Barrier<>(lock, this::goesOn, this::dispatch);
    /** Those that have a thread. */
    private final List<Work> begun;
    private final List<Worker> workers;
    private final Deque<Worker> idle;
    /** That nobody uses; none before the start. */
    private int turns;
    private int nextLine;
    private boolean longBeginsFirst;
    /** Of those that go on. */
    private final Rest rest;
    /** Whether those that rest were left out when turns were given last. */
    private boolean heldBack;
    private volatile boolean closed;

    /**
     * A question. One of three ends it: {@link #run}, {@link #failed} or {@link #dropped}. Where memory is missing the
     * last two may fail themselves, and are then called again: to call one twice changes nothing.
     */
    public interface Question {

        /** Does the work. It may run again from its beginning when it was stopped. */
        void run(LogWork work) throws IOException;

        /** Whether nobody waits for it any more. Asked under the readers' lock, so it looks at a field. */
        boolean isGone();

        /** Its work threw this: whoever asked is told, for nobody else would ever answer. */
        void failed(Throwable e);

        /** It will not be answered: nobody waits for it, or nobody reads any more. */
        void dropped();
    }

    /** Work that somebody else tells the outcome of. */
    public interface Task {
        void run(LogWork work) throws IOException;
    }

    /** How the work at a question came to its end. */
    private enum End { DONE, FAILED, STOPPED }

    /** A question on its way, and what it has cost. */
    private final class Work extends LogWork {
        private final Caller caller;
        private final Question question;
        private final Condition go = lock.newCondition();
        private final Courtesy courtesy = courtesies.get();
        private long cost;
        private int level;
        private boolean stands;
        private boolean beginsAgain;
        /** What the barrier has brought; null while it has not waited there. */
        private Barrier.Passed passed;
        /** Whether it ends to wait there. This and all below is its thread's own. */
        private boolean waits;
        /** Null while it is not done. */
        private End end;
        private Throwable failure;
        private int tries;

        Work(Caller caller, Question question) {
            this.caller = caller;
            this.question = question;
        }

        private void run() {
            courtesy.begin();
            try {
                boolean goesOn = !closed && !question.isGone();
                if (goesOn) {
                    question.run(this);
                }
                end = goesOn ? End.DONE : End.STOPPED;
            } catch (Stopped e) {
                end = End.STOPPED;
            } catch (Exception | Error e) {
                failure = e;
                end = End.FAILED;
            }
        }

        /** Whoever asked is told, where that is not done yet. */
        private void tellEnd() {
            if (end == End.FAILED) {
                question.failed(failure);
            } else if (end == End.STOPPED) {
                question.dropped();
            }
        }

        @Override
        public boolean catchUp(CopiedLog log) throws IOException {
            if (passed == null && log.isCopy()) {
                barrier.open(log);
                waits = true;
                throw new Stopped();
            }
            return passed == null ? log.catchUp() : passed.get();
        }

        @Override
        protected void sliceEnds(long taken) {
            long restNs = courtesy.restNs();
            lock.lock();
            try {
                rest.begin(restNs);
                cost += taken;
                if (level == FIRST || level == SHORT && cost > limits.shortSteps()) {
                    rise();
                }
                if (!closed && !question.isGone()) {
                    awaitTurn();
                }
                if (closed || question.isGone()) {
                    throw new Stopped();
                }
            } finally {
                lock.unlock();
            }
            courtesy.begin();
        }

        /** It goes on in a place of the next level, or gives its work up and waits for one. */
        private void rise() {
            if (!mayBegin(level + 1, caller)) {
                beginsAgain = true;
                throw new Stopped();
            }
            level++;
        }

        /**
         * Gives its turn to the next, which may be itself, and waits for another one. Where that fails it stays in the
         * line: the turn that it is given there later, for nothing, makes up for the one that it gives back twice.
         */
        private void awaitTurn() {
            paused.add(caller, this);
            stands = true;
            turns++;
            dispatch();
            while (stands && !closed) {
                awaitWake(go);
            }
        }
    }

    /**
     * Waits to be woken; where turns were not given because all rest, no longer than that, and gives them then: nobody
     * else would. It goes by what was seen when they were not given, for the rest may be over by now.
     */
    private void awaitWake(Condition woken) {
        if (!heldBack) {
            woken.awaitUninterruptibly();
            return;
        }
        try {
            woken.awaitNanos(rest.leftNs()); // returns at once when none is left
        } catch (InterruptedException e) {
            return; // somebody else's interrupt, or the end: both are looked for
        }
        if (heldBack && rest.leftNs() == 0) {
            heldBack = false; // where no turn is free, whoever gives one back looks
            dispatch();
        }
    }

    /** A thread, and the question that it works at. */
    private final class Worker {
        private final Thread thread;
        private final Condition given = lock.newCondition();
        /** From the moment that it is given: a round that fails is followed by one that goes on with it. */
        private Work work;
        /** The one that has left, until its asker is told. This thread's own. */
        private Work ended;

        Worker(int number) {
            String name = "rivulet-read-" + number;
            thread = new Thread(
                () -> LastingLoop.run(LOG, "A round of {} failed and is made again", name, this::round), name);
            thread.setDaemon(true);
        }

        /** One question, from its line to its end; false when the readers are closed. */
        private boolean round() {
            if (ended == null) {
                Work next = take();
                if (next == null) {
                    return false;
                }
                Thread.interrupted(); // somebody else's interrupt: this thread is the hub's and goes on
                if (next.end == null) {
                    next.run();
                }
                leave(next);
            }
            if (ended != null && ended.tries++ < TRIES) {
                ended.tellEnd();
            }
            ended = null;
            return true;
        }

        private Work take() {
            lock.lock();
            try {
                while (work == null && !closed) {
                    dispatch(); // again, where it has failed on another thread
                    if (work == null) {
                        awaitWake(given);
                    }
                }
                return work;
            } finally {
                lock.unlock();
            }
        }

        /** The question leaves its thread, and gives its turn and its place back; a stopped one may come again. */
        private void leave(Work last) {
            lock.lock();
            try {
                boolean again = last.end == End.STOPPED && (last.beginsAgain || last.waits) && !closed
                    && !last.question.isGone();
                if (again && last.waits) {
                    barrier.add(last); // first: it may fail
                    last.waits = false;
                    last.end = null;
                } else if (again) {
                    line(last.level + 1).add(last.caller, last); // as above
                    last.level++;
                    last.beginsAgain = false;
                    last.end = null;
                }
                begun.remove(last);
                turns++;
                idle.push(this);
                work = null;
                ended = again ? null : last;
                dispatch(); // last: where it fails, the next round finds it undone
            } finally {
                lock.unlock();
            }
        }
    }

    /** Threads that are not started yet. */
    public Readers(ReadBudget budget) {
        this(budget, ReaderLimits.ofHeap(), System::nanoTime, Courtesy.each());
    }

    /** With other limits, and nobody rests: for tests. */
    Readers(ReadBudget budget, ReaderLimits limits) {
        this(budget, limits, System::nanoTime, () -> new Courtesy(System::nanoTime, () -> 0));
    }

    /** With clocks of their own: for tests. */
    Readers(ReadBudget budget, ReaderLimits limits, LongSupplier nanos, Supplier<Courtesy> courtesies) {
        this.budget = budget;
        this.limits = limits;
        this.nanos = nanos;
        this.courtesies = courtesies;
        this.rest = new Rest(nanos);
        // as large as they can get: what is in the line must not get lost where memory is used up
        this.begun = new ArrayList<>(limits.threads());
        this.workers = new ArrayList<>(limits.threads());
        this.idle = new ArrayDeque<>(limits.threads());
    }

    /** Starts the threads that run at a time; those for questions that stand come when they are needed. */
    public void start() {
        lock.lock();
        try {
            for (int i = 0; i < limits.turns(); i++) {
                addWorker();
            }
            turns = limits.turns();
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    /** Puts a question into the line of its caller. Where it throws, the question is not there. Any thread. */
    public void submit(Caller caller, Question question) {
        lock.lock();
        try {
            if (!closed) {
                fresh.add(caller, new Work(caller, question));
                try {
                    dispatch();
                } catch (RuntimeException | Error e) {
                    // it stays in the line: an idle thread tries again; where none is idle, each does that ends a slice
                    Worker idler = idle.peek();
                    if (idler != null) {
                        idler.given.signal();
                    }
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        question.dropped();
    }

    /** Questions that have not begun, or have to begin again: for tests. */
    int waiting() {
        lock.lock();
        try {
            return fresh.size() + shortOnes.size() + longOnes.size() + barrier.size();
        } finally {
            lock.unlock();
        }
    }

    /** Turns that nobody uses: for tests. */
    int free() {
        lock.lock();
        try {
            return turns;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the log for a stream; its owner gets the answer. Any thread. */
    void read(Subscriber s, HistoryRead.Question asked) {
        submit(s, work -> HistoryAnswer.post(s, asked.ask(work), budget));
    }

    /** Does work for a stream, unless that has left. A stream whose work fails is ended. Any thread. */
    public void submit(Subscriber s, Task task) {
        submit(Caller.of(s.request().grant(), s.request().peer()), new Question() {
            @Override
            public void run(LogWork work) throws IOException {
                task.run(work);
            }

            @Override
            public boolean isGone() {
                return s.hasLeft();
            }

            @Override
            public void failed(Throwable e) {
                FaultLog.tell(LOG, "The log could not be read for stream {}; the stream is ended and its client will "
                    + "ask again", s.connection(), e);
                s.gone(EndReason.FAULT); // nobody else would ever feed it again
            }

            @Override
            public void dropped() {
                if (!closed) { // else others end it, and tell it when to come back
                    s.gone(EndReason.FAULT);
                }
            }
        });
    }

    /** Lets its threads end and drops what waits for them; does not wait. */
    public void end() {
        lock.lock();
        try {
            closed = true;
            barrier.end();
            for (Work work = paused.poll(ANY); work != null; work = paused.poll(ANY)) {
                work.go.signal(); // it finds that the readers are closed, and is dropped by its own thread
            }
            for (Worker worker : workers) {
                worker.given.signal();
                worker.thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        for (Work work = pollWaiting(); work != null; work = pollWaiting()) {
            LastingLoop.each(work.question::dropped);
        }
    }

    /** One that waits, after the end. */
    private Work pollWaiting() {
        lock.lock();
        try {
            Work work = fresh.poll(ANY);
            work = work == null ? shortOnes.poll(ANY) : work;
            work = work == null ? longOnes.poll(ANY) : work;
            return work == null ? barrier.poll() : work;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads, and waits for them at most two seconds. */
    public void close() throws InterruptedException {
        end();
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (Worker worker : workers) { // none is added any more
            TimeUnit.NANOSECONDS.timedJoin(worker.thread, untilNs - System.nanoTime());
        }
        barrier.close(untilNs);
    }

    // ---- under the lock

    /** Gives the turns that are free to those whose turn it is. */
    private void dispatch() {
        while (turns > 0 && !closed) {
            Work next = next();
            if (next == null) {
                return;
            }
            turns--;
            if (next.stands) {
                next.stands = false;
                next.go.signal();
            } else {
                Worker worker = idle.pop();
                worker.work = next; // it has a thread before anything can fail
                worker.given.signal();
                begun.add(next);
            }
        }
    }

    /** The next of the lines, which take turns as callers do; null when nobody can use a turn. */
    private Work next() {
        boolean allRest = rest.leftNs() > 0;
        heldBack = allRest;
        for (int i = 0; i < 4; i++) {
            int line = nextLine;
            nextLine = (nextLine + 1) % 4;
            Work next = line == 1 ? first(fresh, FIRST) : allRest ? null : line == 3 ? again() : paused.poll(ANY);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    /** One that begins again, of the short ones and of the long ones by turns. */
    private Work again() {
        longBeginsFirst = !longBeginsFirst;
        Work next = longBeginsFirst ? first(longOnes, LONG) : first(shortOnes, SHORT);
        return next != null ? next : longBeginsFirst ? first(shortOnes, SHORT) : first(longOnes, LONG);
    }

    private FairLine<Work> line(int level) {
        return level == FIRST ? fresh : level == SHORT ? shortOnes : longOnes;
    }

    /** The barrier has passed this one. */
    private void goesOn(Work one, Barrier.Passed passed) {
        one.passed = passed;
        line(one.level).add(one.caller, one);
    }

    private Work first(FairLine<Work> line, int level) {
        return !line.isEmpty() && hasPlace(level) && hasWorker() ? line.poll(caller -> mayBegin(level, caller)) : null;
    }

    private boolean mayBegin(int level, Object caller) {
        return level == FIRST || hasPlace(level) && begun(level, caller) < limits.callerMax();
    }

    private boolean hasPlace(int level) {
        return level == FIRST || begun(level, null) < limits.places();
    }

    /** How many of a level have begun: of this caller, or of all when that is null. */
    private int begun(int level, Object caller) {
        int n = 0;
        for (int i = 0; i < begun.size(); i++) {
            Work work = begun.get(i);
            n += work.level == level && (caller == null || caller.equals(work.caller)) ? 1 : 0;
        }
        return n;
    }

    /** Whether a thread is there, or could be made. Where none can be made, those that are there go on. */
    private boolean hasWorker() {
        try {
            if (idle.isEmpty()) {
                addWorker();
            }
        } catch (RuntimeException | Error e) {
            return false; // and nothing more: memory is missing, or threads are
        }
        return true;
    }

    private void addWorker() {
        Worker worker = new Worker(workers.size() + 1);
        workers.add(worker); // first: one that runs is ended with the others
        boolean started = false;
        try {
            worker.thread.start();
            started = true;
        } finally {
            if (!started) {
                workers.remove(worker);
            }
        }
        idle.push(worker);
    }
}
