package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.ms;

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
import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Thousands come back at once, each as many events behind, while live events go on. Each follows {@code news}, where
 * what they miss is published, and one of 99 live topics, so that it gets about one live event a second.
 */
public final class Storm implements Scenario {

    private static final int LIVE_TOPICS = 99;
    private static final int NEWS = 99; // its stream; the live topics have those before it
    private static final double LIVE_RATE = 100;
    private static final int LIVE_PUBLISHERS = 8; // so that the rate holds while answers take up to 80 ms
    private static final int SIZE = 100;
    /** Jetty takes no more of those who come back: each costs a fifth of a millisecond before it is Rivulet's. */
    private static final int ACCEPTS_PER_10_MS = 5;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    private record Sizes(int stay, int leave, int behind, long calmMs) {
    }

    private record Outcome(Latencies before, Latencies during, double seconds, int caughtUp, Map<String, Long> counters,
                           Faults faults) {
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        Sizes sizes = new Sizes(lab.options().size(500, 10), lab.options().size(5_000, 50),
            lab.options().size(1_000, 50), lab.options().size(20_000, 1_000));
        Table table = new Table("storm: " + sizes.leave() + " come back at once, " + sizes.behind()
            + " events behind, " + (int) LIVE_RATE + " live events/s", "what they missed is read from", "all back in s",
            "caught up", "events/s", "live p99 ms before", "during", "times", "from the ring", "from the log",
            "log KB read", "ended on the way", "faults");
        JvmFlags flags = lab.options().smoke() ? lab.options().flags()
            : JvmFlags.shortPauses(lab.options().heap()).with(lab.options().jvm());
        RivuletPlan plan = lab.rivulet(true, flags).container("acceptsPer10Ms", ACCEPTS_PER_10_MS);
        row(lab, table, "the tail ring", one(lab, plan, sizes), sizes);
        if (lab.options().smoke()) {
            lab.report().add(table);
            return;
        }
        row(lab, table, "the log (ring.bytes=64k)", one(lab, plan.set("ring.bytes", "65536"), sizes), sizes);
        row(lab, table, "the tail ring, accepted as they come", one(lab, lab.rivulet(true, flags), sizes), sizes);
        lab.report().add(table.note("Live: of the " + sizes.stay() + " who stayed, over " + sizes.calmMs() / 1_000
            + " s before, and from the first return until all had caught up. Jetty accepts "
            + ACCEPTS_PER_10_MS + " connections in 10 ms (`AcceptRateLimit`). JVM: " + flags.text()));
    }

    private Outcome one(Lab lab, RivuletPlan plan, Sizes sizes) throws IOException {
        try (Running running = lab.fresh(plan)) {
            Target target = running.target();
            Load live = new Load(LIVE_PUBLISHERS, LIVE_RATE, SIZE,
                Aim.inTurn("live", LIVE_TOPICS, LIVE_PUBLISHERS), 0);
            // each with a thread of its own: who stayed must not wait until the driver has read what the others missed
            try (Crowd stay = new Crowd(target, plan(sizes.stay(), target)).connect(0, sizes.stay());
                 Crowd leave = new Crowd(target, plan(sizes.leave(), target)).connect(0, sizes.leave());
                 Publishers publishers = Publishers.start(target, live, stay)) {
                Pause.forUpTo(LIMIT, LOOK, () -> leave.withId(0, sizes.leave()) == sizes.leave());
                int published = rehearse(lab, target, stay, leave, sizes);
                Window calm = Window.open(target, publishers, stay);
                Pause.of(Duration.ofMillis(sizes.calmMs()));
                Latencies before = calm.close().groups()[0];
                Map<String, Long> counters = lab.counters(running);
                double seconds = leaveAndReturn(target, stay, leave, sizes, published);
                Latencies during = stay.stopMeasuring()[0];
                Map<String, Long> after = lab.counters(running);
                after.replaceAll((key, value) -> value - counters.getOrDefault(key, 0L));
                int caughtUp = leave.reached(0, sizes.leave(), NEWS, published + sizes.behind() - 1);
                return new Outcome(before, during, seconds, caughtUp, after, stay.faults().plus(leave.faults()));
            }
        }
    }

    /**
     * Storms on both cores until the code is warm: a connection is no hot loop, and compiling what one storm has made
     * hot takes longer than the storm. Gives how many were published on the way.
     */
    private static int rehearse(Lab lab, Target target, Crowd stay, Crowd leave, Sizes sizes) throws IOException {
        long fromNs = System.nanoTime();
        int published = 0;
        Core.free(target.process().pid());
        do {
            leaveAndReturn(target, stay, leave, sizes, published);
            published += sizes.behind();
        } while (System.nanoTime() - fromNs < lab.options().warmup() * 1e9);
        Jcmd.awaitCompiled(target.process(), Lab.COMPILER);
        Jcmd.collect(target.process().pid()); // so many storms in a minute leave what one leaves in a day
        Core.SERVER.take(target.process().pid());
        return published;
    }

    private static CrowdPlan plan(int size, Target target) {
        return CrowdPlan.of(size, target).streams(LIVE_TOPICS + 1).comingBack().timing(stream -> stream != NEWS)
            .asking(i -> Target.rivuletPath("live" + i % LIVE_TOPICS, "news"));
    }

    /** Measuring of those who stay begins with the first return; gives the seconds until all had all. */
    private static double leaveAndReturn(Target target, Crowd stay, Crowd leave, Sizes sizes, int published)
        throws IOException {
        leave.cut(0, sizes.leave());
        try (Publishers news = Publishers.start(target, Load.only(sizes.behind(), SIZE, numbered(published)), null)) {
            news.awaitEnd();
        }
        int last = published + sizes.behind() - 1;
        Pause.forUpTo(LIMIT, LOOK, () -> stay.reached(0, sizes.stay(), NEWS, last) == sizes.stay());
        stay.startMeasuring();
        long from = System.nanoTime();
        leave.resume(0, sizes.leave());
        Pause.forUpTo(LIMIT, LOOK, () -> leave.reached(0, sizes.leave(), NEWS, last) == sizes.leave());
        double seconds = (System.nanoTime() - from) / 1e9;
        Pause.of(Duration.ofMillis((long) Math.max(0, 1_000 - seconds * 1_000))); // live events enough for a p99
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

    private static void row(Lab lab, Table table, String name, Outcome o, Sizes sizes) throws IOException {
        double before = o.before().percentileUs(0.99);
        double during = o.during().percentileUs(0.99);
        table.row(name, fixed(o.seconds(), 2), o.caughtUp(),
            fixed((double) sizes.leave() * sizes.behind() / o.seconds(), 0), ms(before), ms(during),
            fixed(during / before, 1), o.counters().get("delivered_ring"), o.counters().get("delivered_log"),
            o.counters().get("log_bytes_read") / 1024, o.faults().broken(),
            new Faults(o.faults().gaps(), o.faults().doubles(), 0, null).text());
        Map<String, Object> raw = new LinkedHashMap<>();
        raw.put("from", name);
        raw.put("seconds", o.seconds());
        raw.put("caught_up", o.caughtUp());
        raw.put("live_p99_us_before", before);
        raw.put("live_p99_us_during", during);
        raw.put("counters", o.counters());
        raw.put("faults", o.faults());
        lab.report().raw("storm", "Rivulet on Jetty", raw);
        lab.report().say("storm, " + name + ": " + raw);
    }
}
