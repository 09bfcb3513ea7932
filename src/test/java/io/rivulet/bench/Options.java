package io.rivulet.bench;

import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.peer.Peer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * How much is measured; each is {@code -Dbench.<name>} of the command. {@code smoke} makes all of it small: whether the
 * harness works, not a figure.
 */
public record Options(List<String> scenarios, List<Peer> peers, List<String> engines, int rounds, int seconds,
                      int warmup, int subscribers, int stall, String heap, List<String> jvm,
                      Map<String, String> settings, boolean smoke, List<Path> before, Path out) {

    /** From system properties, of which Maven passes only some as empty text. */
    static Options of(Properties properties) {
        boolean smoke = get(properties, "bench", "fanout").equals("smoke");
        String scenarios = smoke ? "fanout,latency,stalled,storm,durable,slowsync,http2,cluster"
            : get(properties, "bench", "fanout");
        String peers = get(properties, "bench.peers", smoke ? "bare" : "all");
        return new Options(Arrays.asList(scenarios.split(",")),
            peers.equals("all") ? Arrays.asList(Peer.values())
                : Arrays.stream(peers.split(",")).filter(p -> !p.equals("none")).map(Peer::named).toList(),
            Arrays.stream(get(properties, "bench.engines", "").split(",")).filter(e -> !e.isBlank()).toList(),
            number(properties, "bench.rounds", smoke ? 1 : 3), number(properties, "bench.seconds", smoke ? 1 : 5),
            number(properties, "bench.warmup", smoke ? 1 : 20), number(properties, "bench.n", smoke ? 20 : 1_000),
            number(properties, "bench.stall", smoke ? 3 : 60), get(properties, "bench.heap", "512m"),
            Arrays.stream(get(properties, "bench.jvm", "").split(" ")).filter(flag -> !flag.isBlank()).toList(),
            settings(get(properties, "bench.settings", "")), smoke,
            Arrays.stream(get(properties, "bench.before", "").split(",")).filter(war -> !war.isBlank()).map(Path::of)
                .toList(),
            Path.of(get(properties, "bench.out", "target/bench")));
    }

    private static String get(Properties properties, String key, String absent) {
        String value = properties.getProperty(key, "").strip();
        return value.isEmpty() ? absent : value;
    }

    private static int number(Properties properties, String key, int absent) {
        return Integer.parseInt(get(properties, key, Integer.toString(absent)));
    }

    /** {@code log.sync=never,backlog.events=64}: settings of Rivulet beside the usual ones. */
    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                int equals = pair.indexOf('=');
                settings.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
            }
        }
        return settings;
    }

    /** Whether this engine takes part: each does where none is named. */
    public boolean has(String engine) {
        return engines.isEmpty() || engines.stream().anyMatch(engine::equalsIgnoreCase);
    }

    /** A size of the issue, or a small one when only the harness is tried. */
    public int size(int asked, int small) {
        return smoke ? small : asked;
    }

    /** What every JVM that is measured gets. */
    public JvmFlags flags() {
        return (smoke ? JvmFlags.quick(heap) : JvmFlags.of(heap)).with(jvm);
    }

    /** For the table of circumstances. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("every server's JVM", flags().text());
        facts.put("Rivulet", "rivulet.dev=true, publishers with a token, rivulet.log.sync=always, "
            + "rivulet.connections.max=30000, rivulet.publish.rate=0"
            + (settings.isEmpty() ? "" : ", " + settings) + "; all else as by default");
        facts.put("rounds", rounds + " of " + seconds + " s, interleaved, after " + warmup + " s of warm-up");
        return facts;
    }
}
