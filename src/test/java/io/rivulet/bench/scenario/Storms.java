package io.rivulet.bench.scenario;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Aim;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Faults;
import io.rivulet.bench.drive.Latencies;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Pause;
import io.rivulet.bench.drive.Publishers;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.drive.Window;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.Running;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Storms at one server, one after the other: those who leave, those who stay, and live events all the time. Each crowd
 * has a thread of its own: who stayed must not wait until the driver has read what the others missed.
 */
final class Storms implements AutoCloseable {

    private static final int LIVE_TOPICS = 99;
    private static final int NEWS = 99; // its stream; the live topics have those before it
    /** Live events a second. */
    static final int LIVE_RATE = 100;
    private static final int LIVE_PUBLISHERS = 8; // so that the rate holds while answers take up to 80 ms
    private static final int SIZE = 100;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Lab lab;
    private final Running running;
    private final Target target;
    private final Sizes sizes;
    private final Crowd stay;
    private final Crowd leave;
    private final Publishers live;
    private int published;

    /** How many stay and leave, how many events these miss, and how long it is calm before. */
    record Sizes(int stay, int leave, int behind, long calmMs) {
    }

    /** One storm. */
    record Outcome(Latencies before, Latencies during, double seconds, int caughtUp, Map<String, Long> counters,
                   Faults faults) {

        /** The live p99 during the storm, to that before. */
        double times() {
            return during.percentileUs(0.99) / before.percentileUs(0.99);
        }
    }

    Storms(Lab lab, Running running, Sizes sizes) throws IOException {
        this.lab = lab;
        this.running = running;
        this.sizes = sizes;
        target = running.target();
        stay = new Crowd(target, plan(sizes.stay())).connect(0, sizes.stay());
        leave = new Crowd(target, plan(sizes.leave())).connect(0, sizes.leave());
        live = Publishers.start(target, new Load(LIVE_PUBLISHERS, LIVE_RATE, SIZE,
            Aim.inTurn("live", LIVE_TOPICS, LIVE_PUBLISHERS), 0), stay);
        Pause.forUpTo(LIMIT, LOOK, () -> leave.withId(0, sizes.leave()) == sizes.leave());
    }

    private CrowdPlan plan(int size) {
        return CrowdPlan.of(size, target).streams(LIVE_TOPICS + 1).comingBack().timing(stream -> stream != NEWS)
            .asking(i -> Target.rivuletPath("live" + i % LIVE_TOPICS, "news"));
    }

    /**
     * Storms on both cores until the code is warm: a connection is no hot loop, and compiling what one storm has made
     * hot takes longer than the storm.
     */
    void rehearse() throws IOException {
        long fromNs = System.nanoTime();
        Core.free(target.process().pid());
        do {
            leaveAndReturn();
        } while (System.nanoTime() - fromNs < lab.options().warmup() * 1e9);
        Jcmd.awaitCompiled(target.process(), Lab.COMPILER);
        Core.SERVER.take(target.process().pid());
    }

    /** The calm, and a storm. */
    Outcome next() throws IOException {
        Jcmd.collect(target.process().pid()); // so many storms in a minute leave what one leaves in a day
        Window calm = Window.open(target, live, stay);
        Await.pass(Duration.ofMillis(sizes.calmMs()));
        Latencies before = calm.close().groups()[0];
        Map<String, Long> counters = lab.counters(running);
        double seconds = leaveAndReturn();
        Latencies during = stay.stopMeasuring()[0];
        Map<String, Long> after = lab.counters(running);
        after.replaceAll((key, value) -> value - counters.getOrDefault(key, 0L));
        return new Outcome(before, during, seconds, leave.reached(0, sizes.leave(), NEWS, published - 1), after,
            stay.faults().plus(leave.faults()));
    }

    /** Measuring of those who stay begins with the first return; gives the seconds until all had all. */
    private double leaveAndReturn() throws IOException {
        leave.cut(0, sizes.leave());
        try (Publishers news = Publishers.start(target, Load.only(sizes.behind(), SIZE, numbered(published)), null)) {
            news.awaitEnd();
        }
        published += sizes.behind();
        int last = published - 1;
        Pause.forUpTo(LIMIT, LOOK, () -> stay.reached(0, sizes.stay(), NEWS, last) == sizes.stay());
        stay.startMeasuring();
        long from = System.nanoTime();
        leave.resume(0, sizes.leave());
        Pause.forUpTo(LIMIT, LOOK, () -> leave.reached(0, sizes.leave(), NEWS, last) == sizes.leave());
        double seconds = (System.nanoTime() - from) / 1e9;
        Await.pass(Duration.ofMillis((long) Math.max(0, 1_000 - seconds * 1_000))); // live events enough for a p99
        return seconds;
    }

    /** The topic that is missed; numbers go on where the last storm ended. */
    private static Aim numbered(int from) {
        Aim news = Aim.atTopic("news", NEWS);
        return new Aim() {
            @Override
            public byte[] bodyBefore(int publisher, long n) {
                return news.bodyBefore(publisher, n);
            }

            @Override
            public int stream(int publisher, long n) {
                return NEWS;
            }

            @Override
            public int number(int publisher, long n) {
                return from + (int) n;
            }
        };
    }

    @Override
    public void close() {
        live.close();
        leave.close();
        stay.close();
    }
}
