package io.rivulet.kit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The switch that {@link FaultPoints} has put into the hub's classes: it counts the points that the threads of a test
 * pass, and throws at the one that the test names. One test at a time sets it. A test counts n up from 1 until nothing
 * was thrown any more, so it has then thrown at each point, whatever the machine or its compiler does.
 */
public final class FaultSwitch implements AutoCloseable {

    private static volatile FaultSwitch set;
    /** How many initialisers of classes the thread is in. A class whose initialiser failed once is lost for good. */
    private static final ThreadLocal<int[]> INITIALISING = ThreadLocal.withInitial(() -> new int[1]);

    private final Predicate<Thread> threads;
    private final int first;
    private final int burst;
    private final Supplier<? extends Throwable> fault;
    private final AtomicInteger passed = new AtomicInteger();
    /** How many points each thread has passed, where each throws for itself; else null. */
    private final Map<Thread, AtomicInteger> passedByEach;
    private volatile Throwable thrown;

    private FaultSwitch(Predicate<Thread> threads, int first, int burst, boolean inEach,
        Supplier<? extends Throwable> fault) {
        this.threads = threads;
        this.passedByEach = inEach ? new ConcurrentHashMap<>() : null;
        this.first = first;
        this.burst = burst;
        this.fault = fault;
    }

    /** Throws at the n-th point that these threads pass from now on, until it is closed. */
    public static FaultSwitch at(int n, Predicate<Thread> threads, Supplier<? extends Throwable> fault) {
        return at(n, 1, threads, fault);
    }

    /** Throws at so many points one after the other, so that the handling of the first fault meets the next. */
    public static FaultSwitch at(int n, int burst, Predicate<Thread> threads, Supplier<? extends Throwable> fault) {
        return set(new FaultSwitch(threads, n, burst, false, fault));
    }

    /** The same in each of these threads for itself. */
    public static FaultSwitch inEach(int n, int burst, Predicate<Thread> threads, Supplier<? extends Throwable> fault) {
        return set(new FaultSwitch(threads, n, burst, true, fault));
    }

    private static FaultSwitch set(FaultSwitch it) {
        if (set != null) {
            throw new IllegalStateException("the switch is set already");
        }
        set = it;
        return it;
    }

    /** The threads of this name, or whose names begin so and end with a number. */
    public static Predicate<Thread> named(String name) {
        return thread -> thread.getName().startsWith(name)
            && thread.getName().substring(name.length()).matches("[-0-9]*");
    }

    /** Whether something was thrown. */
    public boolean hasThrown() {
        return thrown != null;
    }

    /** How many points the threads have passed. */
    public int passed() {
        return passed.get();
    }

    /** How many points this thread has passed, of a switch that throws in each. */
    public int passed(Thread thread) {
        AtomicInteger own = passedByEach.get(thread);
        return own == null ? 0 : own.get();
    }

    /** The last one thrown, whose stack says where; null if nothing was. */
    public Throwable thrown() {
        return thrown;
    }

    @Override
    public void close() {
        set = null;
    }

    /** A point. The hub's code calls it, where {@link FaultPoints} says. */
    public static void point() {
        FaultSwitch now = set;
        if (now != null && now.threads.test(Thread.currentThread()) && INITIALISING.get()[0] == 0) {
            AtomicInteger counter = now.passedByEach == null ? now.passed
                : now.passedByEach.computeIfAbsent(Thread.currentThread(), thread -> new AtomicInteger());
            int n = counter.incrementAndGet();
            if (n >= now.first && n < now.first + now.burst) {
                now.thrown = now.fault.get();
                FaultSwitch.<RuntimeException>throwAny(now.thrown);
            }
        }
    }

    /** An initialiser of a class begins. */
    public static void begin() {
        INITIALISING.get()[0]++;
    }

    /** An initialiser of a class ends. */
    public static void end() {
        INITIALISING.get()[0]--;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable fault) throws T {
        throw (T) fault;
    }
}
