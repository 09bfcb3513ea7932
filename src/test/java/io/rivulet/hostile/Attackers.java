package io.rivulet.hostile;

import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Programs;
import io.rivulet.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * All attackers, as a process of its own: they go on until standard input ends, then say what they were answered, a
 * line for each kind, and are gone with all their connections. The test starts it; it runs with little of the
 * processor's favour, so that what the honest ones measure is the hub and not the room that the attackers take.
 */
final class Attackers implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int ANSWERS_TOLD = 5;
    private static final Duration FAREWELL = Duration.ofSeconds(30);
    private static final Pattern COUNT = Pattern.compile("=(\\d+)");

    private final Process process;
    private final List<String> said = new ArrayList<>();

    /**
     * Starts them against this port; {@code pause} is the longest of one of them between two goes, and {@code seed} of
     * all that they choose.
     */
    Attackers(Scale scale, long seed, int port, Duration pause, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.java(), "-Xmx192m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Attackers.class.getName(),
            Integer.toString(port), Integer.toString(scale.attackers()), Long.toString(seed),
            Long.toString(pause.toMillis()), Honest.token("attacker")));
        command.addAll(scale.kinds());
        List<String> nice = Programs.find("nice").isPresent() ? new ArrayList<>(List.of("nice", "-n", "19"))
            : new ArrayList<>();
        nice.addAll(command);
        process = new ProcessBuilder(scale.pinned() ? Core.DRIVER.run(nice) : nice)
            .redirectError(log.toFile()).start();
    }

    /** Tells them to go, and waits until they are gone; gives their lines. */
    List<String> leave() throws IOException {
        if (process.isAlive()) {
            process.getOutputStream().close();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
            }
        }
        Await.until("the attackers are gone", FAREWELL, () -> !process.isAlive());
        return said;
    }

    /** How many answers they counted, after they have left; a go that ended without one counts, too. */
    int answers() {
        int sum = 0;
        for (String line : said) {
            Matcher count = COUNT.matcher(line.startsWith("kind ") ? line : "");
            while (count.find()) {
                sum += Integer.parseInt(count.group(1));
            }
        }
        return sum;
    }

    /** What they were answered and must not be: an error of the hub's. And what nobody did, where all was to be. */
    List<String> faults(boolean all) {
        return said.stream().filter(line -> line.startsWith("answer ") || all && line.endsWith(" {}"))
            .limit(ANSWERS_TOLD).toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Says something to the parent. */
    static synchronized void tell(String what, String kind, String text) {
        System.out.println(what + " " + kind + " " + text.replaceAll("\\s+", " "));
    }

    /** The port, how many, the seed, the longest pause in milliseconds, a token; then kinds, none for all. */
    public static void main(String[] words) throws IOException {
        List<String> wanted = List.of(words).subList(5, words.length);
        List<Attack> attacks = Attack.all().stream()
            .filter(attack -> wanted.isEmpty() || wanted.contains(attack.name())).toList();
        List<Attacker> attackers = IntStream.range(0, Integer.parseInt(words[1])).mapToObj(number -> new Attacker(
            number, Integer.parseInt(words[0]), Long.parseLong(words[2]), attacks,
            Duration.ofMillis(Long.parseLong(words[3])), words[4])).toList();
        attackers.forEach(Thread::start);
        Thread watch = new Thread(() -> {
            while (true) {
                Await.pass(LOOK);
                attackers.forEach(Attacker::hurry);
            }
        }, "attackers-watch");
        watch.setDaemon(true);
        watch.start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            // the parent says nothing; its death, or its wish, ends the input
        }
        attackers.forEach(Attacker::stopSoon);
        Map<String, Map<String, Integer>> sums = new TreeMap<>();
        attackers.forEach(attacker -> attacker.addTo(sums));
        for (Attack attack : attacks) {
            tell("kind", attack.name(), sums.getOrDefault(attack.name(), Map.of()).toString());
        }
        System.exit(0);
    }
}
