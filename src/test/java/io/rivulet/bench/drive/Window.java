package io.rivulet.bench.drive;

import java.util.Arrays;

/** The time that is measured, and what it looked like at both ends. */
public final class Window {

    private final Target target;
    private final Publishers publishers;
    private final Audience crowd;
    private final Glance first;
    private Glance last;
    private Latencies[] groups = {new Latencies()};

    private record Glance(long nanos, ProcessFigures server, ProcessFigures driver, long sent) {
    }

    private Window(Target target, Publishers publishers, Audience crowd) {
        this.target = target;
        this.publishers = publishers;
        this.crowd = crowd;
        publishers.startMeasuring();
        if (crowd != null) {
            crowd.startMeasuring();
        }
        first = glance();
    }

    /** Begins to measure; {@code crowd} may be null. */
    public static Window open(Target target, Publishers publishers, Audience crowd) {
        return new Window(target, publishers, crowd);
    }

    private Glance glance() {
        return new Glance(System.nanoTime(), ProcessFigures.of(target.process()),
            ProcessFigures.alone(ProcessHandle.current()), publishers.sent());
    }

    /** Ends it. */
    public Window close() {
        last = glance();
        if (crowd != null) {
            groups = crowd.stopMeasuring();
        }
        return this;
    }

    /** What each group of the crowd saw. */
    public Latencies[] groups() {
        return groups;
    }

    /** Over all groups. */
    public RoundResult result(Latencies answers) {
        Latencies all = new Latencies();
        Arrays.stream(groups).forEach(all::add);
        return result(all, answers);
    }

    /** Of these latencies alone. */
    public RoundResult result(Latencies latencies, Latencies answers) {
        return new RoundResult((last.nanos() - first.nanos()) / 1e9, last.sent() - first.sent(), latencies.total(),
            last.server().cpuMs() - first.server().cpuMs(), last.driver().cpuMs() - first.driver().cpuMs(),
            last.server().rssKb(), latencies, answers, publishers.refused(),
            crowd == null ? new Faults(0, 0, 0, null) : crowd.faults());
    }
}
