package io.rivulet.log;

import io.rivulet.topic.MatchSteps;
import java.io.IOException;

/**
 * One piece of work in the log, and what it has cost so far. The hub's readers make one for each question, the loops of
 * the log count in it and {@link #pause} between two rounds. One thread at a time.
 *
 * <p>The hard thing is that a stranger's question may cost a million times what an ordinary one does: a hundred
 * patterns on a million names. So work is cut into slices. At the end of each slice the readers let the questions of
 * others go first, and find out whether anybody still waits for this one. A loop therefore pauses only where it holds
 * no lock, no open file and little memory, for the pause may take long.
 *
 * <p>Within a slice the thread gives way to others every {@link #STRETCH} steps. A scheduler lets a busy thread go on
 * to the end of its share, some milliseconds, although one that was woken waits; and a live event is handed on by five
 * threads, each of which is woken for it. With the processor full of work for strangers half of the events took 45 ms
 * and more; since that work gives way it is a third of it.
 *
 * <p>The unit is that of {@link MatchSteps}: the same question costs the same on every machine.
 */
public abstract class LogWork {

    /** Steps of a slice: less than a millisecond or two. */
    public static final int SLICE = 100_000;
    /** Steps after which the thread gives way: a tenth of a millisecond or two. */
    private static final int STRETCH = 5_000;
    /** A page or a record that is read from the disk by itself. */
    public static final int PAGE = 500;
    /** A topic, a posting or an event that is looked at. */
    public static final int LOOK = 10;

    /** Work that has no bound of its own, as that of the log's own threads: it counts nothing and never stops. */
    public static final LogWork UNBOUNDED = new LogWork(MatchSteps.UNCOUNTED) {
        @Override
        protected void sliceEnds(long steps) {
            // nobody else waits
        }
    };

    private final MatchSteps steps;
    /** What had been taken of the slice when the thread gave way last. */
    private long gaveWayAt;

    /** Work that has cost nothing yet. */
    protected LogWork() {
        this(new MatchSteps());
    }

    private LogWork(MatchSteps steps) {
        this.steps = steps;
    }

    /** The counter, for matchers. */
    public final MatchSteps steps() {
        return steps;
    }

    /** It cost so many steps more. */
    public final void cost(int more) {
        steps.accept(more);
    }

    /** Whether the slice is used up. A loop that cannot pause ends then, and goes on in a later call. */
    public final boolean isSpent() {
        return steps.taken() >= SLICE;
    }

    /**
     * Lets others go first when the slice is used up. To be called without a lock and without an open file.
     *
     * @throws Stopped when the work is not to go on
     */
    public final void pause() {
        if (isSpent()) {
            long taken = steps.taken();
            steps.reset();
            gaveWayAt = 0;
            sliceEnds(taken);
        } else if (steps.taken() - gaveWayAt >= STRETCH) {
            gaveWayAt = steps.taken();
            giveWay();
        }
    }

    /**
     * The same where something is held, as an open file: it is let go of first.
     *
     * @throws X when that fails
     */
    public final <X extends Exception> void pause(Held<X> held) throws X {
        if (isSpent()) {
            held.letGo();
        }
        pause();
    }

    /**
     * What a loop holds that must not be held while others go first.
     *
     * @param <X> what may come of it
     */
    public interface Held<X extends Exception> {

        /** Nothing. */
        Held<RuntimeException> NOTHING = () -> {
        };

        /** Lets go of it. */
        void letGo() throws X;
    }

    /**
     * Has the log {@linkplain CopiedLog#catchUp catch up}, which may take seconds. Work that must not hold its thread
     * for so long is stopped and begins again later; then this answers at once. To be called where {@link #pause} may
     * be.
     *
     * @return whether something may have been copied meanwhile
     * @throws LogAway when the engine cannot be asked
     * @throws Stopped when the work has to wait, or is not to go on
     */
    public boolean catchUp(CopiedLog log) throws IOException {
        return log.catchUp();
    }

    /** Lets whoever waits for the processor have it first; returns at once where nobody does. */
    protected void giveWay() {
        Thread.yield();
    }

    /** A slice of so many steps has ended; returns when the next may begin, or throws {@link Stopped}. */
    protected abstract void sliceEnds(long taken);

    /**
     * Ends a piece of work from inside: nobody waits for it any more, or it has to begin again later. Whoever catches
     * what a look-up throws lets this pass.
     */
    public static final class Stopped extends RuntimeException {

        /** Without a stack trace: it is no accident, and hostile questions must not cost one. */
        public Stopped() {
            super("the work was stopped", null, false, false);
        }
    }
}
