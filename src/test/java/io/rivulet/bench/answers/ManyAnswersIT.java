package io.rivulet.bench.answers;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.bench.drive.Latencies;
import io.rivulet.bench.drive.ProcessFigures;
import io.rivulet.bench.drive.SyncProbe;
import io.rivulet.bench.peer.Core;
import io.rivulet.kit.Await;
import io.rivulet.kit.OwnWar;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many answers are written at once and read by three each, while readers leave, come back and load their page anew, and
 * while {@code java -jar rivulet.war} is killed again and again. Each reader's text is the writer's, piece by piece.
 * {@code mvn verify -Panswers} plays it with a thousand answers, and times the way of a piece beside that of a hub that
 * keeps nothing; without the profile's sizes it is a short act that times nothing, and a part of each build.
 */
@Tag("once")
class ManyAnswersIT {

    private static final Duration END_LIMIT = Duration.ofSeconds(Integer.getInteger("answers.end", 180));
    /** A load that is carried leaves room for what differs from one second to the other. */
    private static final double CARRIED = 0.97;
    private static final double OF_WHAT_IS_CARRIED = 0.6;
    private static final double RATIO = 1.2;
    private static final long SYNC_MS = 10_000;

    @TempDir
    private Path folder;
    private final Load load = Load.ofProperties();
    private final Random random = new Random(load.seed());

    private OwnWar start(String name, int port, String... words) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        List<String> all = new ArrayList<>(List.of("--port=" + port, "--data.dir=" + own.resolve("data"),
            "--retry.min=500ms", "--retry.max=500ms", "--publish.rate=0", "--log.retain.bytes=64g",
            "--dev=false", "--connections.subject.max=0", "--resource=https://localhost/.well-known/mercure",
            "--token.issuer=" + Token.ISSUER, "--token.key=" + Token.SECRET));
        all.addAll(List.of(words));
        return new OwnWar(load.jvm(), own, Map.of(), all.toArray(String[]::new)).awaitOpen();
    }

    @Test
    void everyReadersTextIsTheWritersOverKillsAndReloads() throws Exception {
        System.out.println(load);
        OwnWar hub = start("hub", 0);
        try (Crowd crowd = new Crowd(load, hub.port(), true)) {
            begin(crowd);
            crowd.write(load.rate());
            if (load.rounds() > 0) {
                time(hub, crowd);
            }
            for (int kill = 0; kill < load.kills(); kill++) {
                awaitFresh(crowd, untilKill());
                int port = hub.port();
                hub.close();
                hub = start("hub", port);
            }
            awaitFresh(crowd, load.allReaders());
            crowd.end();
            try {
                Await.until("all have all", END_LIMIT, crowd::isDone);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + crowd.missing() + crowd.faults() + crowd.refusals(), e);
            }
            assertEquals(List.of(), crowd.faults(), load::toString);
            tell(crowd);
        } finally {
            hub.close();
        }
    }

    /** How many pieces come between two kills: sometimes so few that not all have come back. */
    private int untilKill() {
        return load.allReaders() * (1 + random.nextInt(8)) / 2;
    }

    private static void begin(Crowd crowd) {
        crowd.begin();
        Await.until("all readers are shown their answer", END_LIMIT, crowd::isShown);
    }

    private static void awaitFresh(Crowd crowd, long pieces) {
        long before = crowd.figures().fresh();
        Await.until(pieces + " pieces more have come", END_LIMIT, () -> crowd.figures().fresh() - before >= pieces
            || !crowd.faults().isEmpty());
        assertEquals(List.of(), crowd.faults());
    }

    private static void tell(Crowd crowd) {
        Crowd.Figures all = crowd.figures();
        System.out.println("every reader's text is the writer's: " + fixed(all.written(), 0) + " pieces, "
            + fixed(all.delivered(), 0) + " deliveries (" + fixed(all.fresh(), 0) + " for the first time), "
            + fixed(all.reloads(), 0) + " reloads, nothing lost or doubled; answers that were none, by status "
            + crowd.refusals());
    }

    /** In turns, beside a hub that keeps nothing and whose readers stay. */
    private void time(OwnWar hub, Crowd crowd) throws IOException {
        try (OwnWar without = start("without", 0, "--transient.topics=run/{n}");
             Crowd watching = new Crowd(load, without.port(), false)) {
            begin(watching);
            double rate = warm(hub, crowd);
            crowd.write(0);
            watching.write(rate);
            Await.pass(load.warmUp());
            watching.write(0);
            pin(List.of(hub, without));
            Timed with = new Timed();
            Timed none = new Timed();
            for (int round = 0; round < load.rounds(); round++) {
                none.round(without, watching, rate);
                with.round(hub, crowd, rate);
            }
            Latencies syncs = SyncProbe.run(folder.resolve("sync"), 50, SYNC_MS);
            System.out.println("kept, resumable, readers reload: " + with.text());
            System.out.println("the same load without resume:    " + none.text());
            double most = RATIO * (syncs.percentileUs(0.99) + none.ways.percentileUs(0.99));
            System.out.println("one sync: p99 " + ms(syncs.percentileUs(0.99)) + " ms; p99 of a piece "
                + ms(with.ways.percentileUs(0.99)) + " ms, at most " + RATIO + " x (sync + without resume) = "
                + ms(most) + " ms: " + (with.ways.percentileUs(0.99) <= most ? "pass" : "fail"));
            crowd.write(rate);
        }
    }

    /** What the machine carries, where that is less than the load; then a part of it. */
    private double warm(OwnWar hub, Crowd crowd) {
        Await.pass(load.warmUp());
        pin(List.of(hub));
        Await.pass(load.warmUp().dividedBy(4));
        Crowd.Figures before = crowd.figures();
        Await.pass(load.seconds());
        double carried = crowd.figures().perSecond(before);
        double asked = load.rate() * load.answers();
        double rate = carried < asked * CARRIED ? carried * OF_WHAT_IS_CARRIED / load.answers() : load.rate();
        System.out.println("asked for " + fixed(asked, 0) + " pieces a second, carried " + fixed(carried, 0)
            + " with " + load.readers() + " readers each; timed and killed at " + fixed(rate * load.answers(), 0) + " ("
            + fixed(rate, 1) + " of each answer)");
        return rate;
    }

    private void pin(List<OwnWar> hubs) {
        if (load.pinned()) {
            try {
                Core.DRIVER.take(ProcessHandle.current().pid());
                for (OwnWar hub : hubs) {
                    Core.SERVER.take(hub.handle().pid());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** All rounds of one hub. */
    private final class Timed {
        private final Latencies ways = new Latencies();
        private long pieces;
        private long deliveries;
        private long lost;
        private long cpuMs;
        private double seconds;

        void round(OwnWar hub, Crowd crowd, double rate) {
            crowd.write(rate);
            Await.pass(Duration.ofSeconds(2)); // readers that were left behind have come back
            ProcessFigures cpu = ProcessFigures.of(hub.handle());
            Crowd.Figures before = crowd.figures();
            crowd.measure();
            Await.pass(load.seconds());
            ways.add(crowd.measured());
            Crowd.Figures after = crowd.figures();
            cpuMs += ProcessFigures.of(hub.handle()).cpuMs() - cpu.cpuMs();
            pieces += after.written() - before.written();
            deliveries += after.delivered() - before.delivered();
            lost += after.lost() - before.lost();
            seconds += (after.atNs() - before.atNs()) / 1e9;
            crowd.write(0);
        }

        String text() {
            return fixed(pieces / seconds, 0) + " pieces/s, " + fixed(deliveries / seconds, 0) + " deliveries/s, p50 "
                + ms(ways.percentileUs(0.5)) + " ms, p99 " + ms(ways.percentileUs(0.99)) + " ms, CPU "
                + fixed(cpuMs * 1_000.0 / pieces, 1) + " us a piece with its deliveries"
                + (lost > 0 ? ", LOST " + lost : "");
        }
    }
}
