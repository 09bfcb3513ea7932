package io.rivulet.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.hostile.Honest.Seen;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Strangers do all they can to a hub of 256 MB while honest clients work. No honest stream is ended, none loses an
 * event, no honest caller waits long or is refused, readiness tells the truth, the memory comes back.
 * {@code mvn verify -Phostile} plays it with 64 attackers for three minutes; without the profile's sizes it is a short
 * act that judges no ratio of times.
 */
@Tag("once")
@Tag("hostile")
@OnEveryContainer
class HostileIT {

    private static final Duration PART = Duration.ofSeconds(15);
    private static final Duration WARM_UP_SHARE = Duration.ofSeconds(2);
    /** Threads that took less are not told of. */
    private static final long TOLD_MS = 50;
    private static final int BATCH = 1_000;
    private static final int BIG_EVENTS = 12;
    private static final int BIG_BYTES = 400_000;

    private final Container container;
    private final Scale scale = Scale.ofProperties();
    private final List<String> faults = new ArrayList<>();

    HostileIT(Container container) {
        this.container = container;
    }

    @Test
    void strangersHurtNobody() throws Exception {
        assumeTrue(hasAddresses(), "this system has one loopback address only, and attackers need one each");
        say(scale.toString());
        Path folder = emptied(Path.of("target/hostile/" + container));
        try (HubProcess hub = new HubProcess(container, scale, folder)) {
            fill(hub, 0, scale.names() / 2);
            hub.restart();
            fill(hub, scale.names() / 2, scale.names());
            try (Honest honest = new Honest(scale, hub.port())) {
                play(hub, honest, folder);
                faults.addAll(honest.faults());
                honest.refusals().forEach(what -> say("refused " + what));
            }
            if (!hub.isAlive()) {
                faults.add("the hub's process has ended");
            }
            faults.addAll(hub.errors());
            say("stack traces in the log: " + hub.traces());
        }
        faults.forEach(this::say);
        assertEquals(List.of(), faults, () -> scale + "\n" + String.join("\n", faults));
    }

    /** The log of a hub that has been used: many names, and some large events. */
    private void fill(HubProcess hub, int from, int to) throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + Honest.token("filler"), "Content-Type",
            "application/json");
        try (Publisher publisher = Publisher.to(hub.port())) {
            for (int begin = from; begin < to; begin += BATCH) {
                String batch = IntStream.range(begin, Math.min(to, begin + BATCH)).mapToObj(i ->
                    String.format("{\"topic\":\"order/%07d\",\"data\":\"%s\"}", i, "d".repeat(60)))
                    .collect(Collectors.joining(",", "[", "]"));
                Publisher.accepted(publisher.post("", headers, batch.getBytes()));
            }
            for (int i = 0; i < BIG_EVENTS && from == 0; i++) {
                Publisher.accepted(publisher.post("?topic=big", headers, "x".repeat(BIG_BYTES).getBytes()));
            }
        }
    }

    /** The play: quiet, attack, and what is left of it. */
    private void play(HubProcess hub, Honest honest, Path folder) throws IOException {
        honest.measure(scale.quiet().plus(WARM_UP_SHARE));
        long before = hub.aliveMb();
        hub.dump("before");
        if (scale.rehearsal().toSeconds() > 0) {
            rehearse(hub, honest, folder);
        }
        Map<String, Long> begin = hub.threadMs();
        Seen quiet = honest.measure(scale.quiet());
        say("quiet:  " + quiet.text());
        Map<String, Long> middle = hub.threadMs();
        say("processor: " + taken(begin, middle));
        Seen attacked;
        int answers;
        try (Attackers attackers = new Attackers(scale, scale.seed(), hub.port(), scale.pause(),
                 folder.resolve("attackers.log"))) {
            attacked = attacked(honest);
            say("attack: " + attacked.text() + "; worst return " + honest.worstReturnUs() / 1_000 + " ms");
            say("processor: " + taken(middle, hub.threadMs()));
            attackers.leave().forEach(this::say);
            faults.addAll(attackers.faults(scale.strict()));
            answers = attackers.answers();
        }
        judgeMemory(hub, before);
        judge(quiet, attacked, scale.ratio() > 0 ? control(honest, answers, folder) : quiet, honest);
        honest.settle();
    }

    /**
     * An attack that nobody times, by attackers who choose otherwise than those who come after it. A hub runs for
     * months, and for the first minute or two of each kind of work the JVM translates it, which takes a quarter of one
     * core from all others. What is judged but time is judged here as well.
     */
    private void rehearse(HubProcess hub, Honest honest, Path folder) throws IOException {
        try (Attackers attackers = new Attackers(scale, ~scale.seed(), hub.port(), scale.pause(),
                 folder.resolve("rehearsal.log"))) {
            say("rehearsal: " + honest.measure(scale.rehearsal()).text());
            attackers.leave();
            faults.addAll(attackers.faults(false));
        }
        honest.measure(WARM_UP_SHARE);
    }

    /** The attack, told in parts as well: a person sees how it goes on. */
    private Seen attacked(Honest honest) {
        long parts = Math.max(1, scale.attack().dividedBy(PART));
        Seen all = Seen.nothing();
        for (long i = 0; i < parts; i++) {
            Seen part = honest.measure(scale.attack().dividedBy(parts));
            say("part " + (i + 1) + ": " + part.text());
            all.add(part);
        }
        return all;
    }

    /**
     * As many requests a second as under attack, at a server that refuses each at once: what the honest ones see then
     * is the load generator, the network and the scheduler of this machine. The attackers go on after random pauses, so
     * twice the time between two of their answers is the longest one.
     */
    private Seen control(Honest honest, int answers, Path folder) throws IOException {
        Duration pause = scale.attack().multipliedBy(2L * scale.attackers()).dividedBy(Math.max(1, answers));
        try (BareServer bare = new BareServer(folder.resolve("bare.log"));
             Attackers attackers = new Attackers(scale, scale.seed(), bare.port(), pause,
                 folder.resolve("control.log"))) {
            honest.measure(WARM_UP_SHARE);
            Seen control = honest.measure(scale.quiet());
            attackers.leave();
            say("control: " + control.text() + "; " + attackers.answers() + " answers of a bare server, and "
                + answers + " of the hub in " + scale.attack().toSeconds() + " s");
            return control;
        }
    }

    /** What threads of each kind took in between, the greatest first; threads that ended meanwhile are not in it. */
    private static String taken(Map<String, Long> from, Map<String, Long> to) {
        Map<String, Long> taken = new TreeMap<>();
        to.forEach((kind, ms) -> taken.put(kind, ms - from.getOrDefault(kind, 0L)));
        return taken.entrySet().stream().filter(one -> one.getValue() >= TOLD_MS)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(one -> one.getKey() + " " + one.getValue() + " ms").collect(Collectors.joining(", "));
    }

    /** What the machine itself makes of so many requests is not the hub's: so the greater of the two is the measure. */
    private void judge(Seen quiet, Seen attacked, Seen control, Honest honest) {
        long latestUs = scale.latest().toNanos() / 1_000;
        if (attacked.worstUs() > latestUs || honest.worstReturnUs() > latestUs) {
            faults.add("somebody honest waited longer than " + scale.latest() + ": " + attacked.text() + "; return "
                + honest.worstReturnUs() / 1_000 + " ms");
        }
        double quietUs = quiet.deliveries().percentileUs(0.99);
        double controlUs = control.deliveries().percentileUs(0.99);
        double ratio = attacked.deliveries().percentileUs(0.99) / Math.max(quietUs, controlUs);
        say(String.format("p99 under attack is %.1f times its quiet value, and %.1f times that beside a bare server",
            attacked.deliveries().percentileUs(0.99) / quietUs, attacked.deliveries().percentileUs(0.99) / controlUs));
        if (scale.ratio() > 0 && ratio > scale.ratio()) {
            faults.add("the honest p99 is " + ratio + " times what it is without an attack on the hub");
        }
    }

    private void judgeMemory(HubProcess hub, long before) throws IOException {
        long[] after = {hub.aliveMb()};
        int grownMb = Scale.GROWN_MB + (container == Container.TOMCAT ? Scale.TOMCAT_GROWN_MB : 0);
        say("alive: " + before + " MB before, " + after[0] + " MB when the attackers had left");
        try {
            Await.until("the memory comes back", Scale.RECOVERY, () -> {
                try {
                    after[0] = hub.aliveMb();
                    return after[0] <= before + grownMb;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (AssertionError e) {
            faults.add("a minute after the attackers " + after[0] + " MB are alive, and " + before + " before them");
            hub.largest().forEach(this::say);
        }
        hub.dump("after");
        say("alive in the end: " + after[0] + " MB; honest streams ended " + hub.ends("127.0.1.") + ", strangers' "
            + hub.ends("127.0.0."));
    }

    private void say(String text) {
        System.out.println("hostile " + container + ": " + text);
    }

    private static boolean hasAddresses() {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.1.1", 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path emptied(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(folder);
    }
}
