package io.rivulet.kit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Tells a person who waits for the build about each class of tests as it ends, and in which container it ran:
 * {@code it.FlowIT JETTY: 12 passed in 7.3 s}. Surefire names the class alone. JUnit finds it as a service and calls it
 * on the threads of the tests. Their {@code System.out} goes to a file, so it writes below that; surefire keeps to
 * another channel ({@code forkNode} in the POM).
 */
public final class TestLines implements TestExecutionListener {

    private static final String TEMPLATE = "class-template";
    private static final String INVOCATION = "class-template-invocation";
    private static final String PACKAGE = "io.rivulet.";

    private final PrintStream out;
    private final Map<UniqueId, Tally> running = new ConcurrentHashMap<>();

    /** A class, or one run of a class with its parameters. */
    private static final class Tally {
        private final long beganNs = System.nanoTime();
        private final String name;
        private final AtomicInteger passed = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final AtomicInteger skipped = new AtomicInteger();

        private Tally(String name) {
            this.name = name;
        }

        private String line() {
            StringBuilder line = new StringBuilder(name).append(": ").append(passed).append(" passed");
            if (failed.get() > 0) {
                line.append(", ").append(failed).append(" FAILED");
            }
            if (skipped.get() > 0) {
                line.append(", ").append(skipped).append(" skipped");
            }
            long tenths = (System.nanoTime() - beganNs) / 100_000_000;
            return line.append(" in ").append(tenths / 10).append('.').append(tenths % 10).append(" s").toString();
        }
    }

    /** JUnit's. */
    public TestLines() {
        this(new PrintStream(new FileOutputStream(FileDescriptor.out), true));
    }

    TestLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        UniqueId id = test.getUniqueIdObject();
        String type = id.getLastSegment().getType();
        boolean isClass = id.getSegments().size() == 2 && !type.equals(TEMPLATE);
        if (isClass || type.equals(INVOCATION)) {
            running.put(id, new Tally(name(test)));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        Tally tally = tally(test);
        if (tally != null) {
            tally.skipped.incrementAndGet();
        } else {
            out.println(name(test) + ": skipped: " + reason);
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Tally tally = tally(test);
        TestExecutionResult.Status status = result.getStatus();
        if (status == TestExecutionResult.Status.FAILED) {
            out.println(name(test) + " FAILED: " + stack(result.getThrowable().orElse(null)));
        }
        if (tally != null && (test.isTest() || status != TestExecutionResult.Status.SUCCESSFUL)) {
            (switch (status) {
                case SUCCESSFUL -> tally.passed;
                case FAILED -> tally.failed;
                case ABORTED -> tally.skipped;
            }).incrementAndGet();
        }
        Tally ended = running.remove(test.getUniqueIdObject());
        if (ended != null) {
            out.println(ended.line());
        }
    }

    private static String stack(Throwable fault) {
        StringBuilder stack = new StringBuilder().append(fault);
        for (Throwable one = fault; one != null; one = one.getCause()) {
            if (one != fault) {
                stack.append("\nCaused by: ").append(one);
            }
            for (StackTraceElement element : one.getStackTrace()) {
                stack.append("\n\tat ").append(element);
            }
        }
        return stack.toString();
    }

    /** Where this counts: the run of a class that it belongs to. */
    private Tally tally(TestIdentifier test) {
        UniqueId id = test.getUniqueIdObject();
        while (id.getSegments().size() > 1) {
            Tally tally = running.get(id);
            if (tally != null) {
                return tally;
            }
            id = id.removeLastSegment();
        }
        return null;
    }

    /** {@code it.FlowIT JETTY}; of a test that of its class, and its own. */
    private String name(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        Tally tally = tally(test);
        if (tally != null) {
            return tally.name + " " + test.getDisplayName();
        }
        String type = source instanceof ClassSource of ? of.getClassName() : test.getDisplayName();
        String shortened = type.startsWith(PACKAGE) ? type.substring(PACKAGE.length()) : type;
        return test.getUniqueIdObject().getLastSegment().getType().equals(INVOCATION)
            ? shortened + " " + test.getDisplayName() : shortened;
    }
}
