package io.rivulet.kit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that Prometheus reads, read by its grammar: the format 0.0.4, and OpenMetrics 1.0 where it differs. Whatever
 * breaks a rule is an {@link AssertionError} that names the line: a type after its samples, a name that comes back, a
 * sample twice, a bucket that falls, a histogram whose count is not its last bucket.
 */
public final class Exposition {

    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
    private static final Pattern TYPE = Pattern.compile(
        "# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped|unknown|info)");
    private static final Pattern UNIT = Pattern.compile("# UNIT ([a-zA-Z_:][a-zA-Z0-9_:]*) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)( \\S+)?");
    private static final Pattern LABEL =
        Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
    private static final Set<String> ENDINGS = Set.of("", "_total", "_created", "_bucket", "_count", "_sum", "_max",
        "_info");

    /**
     * A meter.
     *
     * @param name as its type says
     * @param type counter, gauge, histogram, …
     * @param help one line
     */
    public record Meter(String name, String type, String help, List<Sample> samples) {

        /** The names of its labels but {@code le}. */
        public Set<String> labels() {
            Set<String> labels = new TreeSet<>();
            samples.forEach(sample -> labels.addAll(sample.labels().keySet()));
            labels.remove("le");
            return labels;
        }
    }

    /** One line with a number. */
    public record Sample(String name, Map<String, String> labels, double value) {
    }

    private final Map<String, Meter> meters = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    private Exposition() {
    }

    /** Reads a whole text; {@code open} is for OpenMetrics. */
    public static Exposition of(String text, boolean open) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        Exposition read = new Exposition();
        String[] lines = text.substring(0, text.length() - 1).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean isEnd = open && i == lines.length - 1;
            if (isEnd != lines[i].equals("# EOF")) {
                throw new AssertionError("OpenMetrics ends with # EOF, and nothing else does: " + lines[i]);
            }
            if (!isEnd) {
                try {
                    read.line(lines[i]);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("line " + (i + 1) + " is " + lines[i], e);
                }
            }
        }
        read.meters.values().stream().filter(meter -> meter.type().equals("histogram")).forEach(Exposition::check);
        return read;
    }

    private void line(String line) {
        Matcher help = HELP.matcher(line);
        Matcher type = TYPE.matcher(line);
        if (help.matches()) {
            tell(help.group(1), "", help.group(2));
        } else if (type.matches()) {
            tell(type.group(1), type.group(2), "");
        } else if (!UNIT.matcher(line).matches()) {
            sample(line);
        }
    }

    /** Type and help may come in any order, each once and before the samples. */
    private void tell(String name, String type, String help) {
        Meter told = last();
        boolean isNext = told != null && told.name().equals(name) && told.samples().isEmpty()
            && (type.isEmpty() ? told.help() : told.type()).isEmpty();
        if (isNext) {
            meters.put(name, new Meter(name, told.type() + type, told.help() + help, told.samples()));
        } else if (meters.put(name, new Meter(name, type, help, new ArrayList<>())) != null) {
            throw new AssertionError(name + " comes twice");
        }
    }

    private Meter last() {
        Meter last = null;
        for (Meter meter : meters.values()) {
            last = meter;
        }
        return last;
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        Meter meter = last();
        if (!sample.matches() || meter == null) {
            throw new AssertionError("no sample");
        }
        String name = sample.group(1);
        if (!name.startsWith(meter.name()) || !ENDINGS.contains(name.substring(meter.name().length()))) {
            throw new AssertionError("a sample of another meter than " + meter.name());
        }
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
        if (!seen.add(name + labels)) {
            throw new AssertionError("the sample comes twice");
        }
        meter.samples().add(new Sample(name, labels, number(sample.group(3))));
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!label.find(end) || label.start() != end
                || labels.put(label.group(1), label.group(2)) != null) {
                throw new AssertionError("the labels " + text);
            }
            end = label.end();
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Buckets rise with their bounds, and the last one, without a bound, has all. */
    private static void check(Meter histogram) {
        Map<Map<String, String>, Map<Double, Double>> buckets = new LinkedHashMap<>();
        Map<Map<String, String>, Double> counts = new LinkedHashMap<>();
        for (Sample sample : histogram.samples()) {
            Map<String, String> labels = new TreeMap<>(sample.labels());
            String bound = labels.remove("le");
            if (sample.name().endsWith("_bucket")) {
                buckets.computeIfAbsent(labels, of -> new TreeMap<>()).put(number(bound), sample.value());
            } else if (sample.name().endsWith("_count")) {
                counts.put(labels, sample.value());
            }
        }
        buckets.forEach((labels, all) -> {
            double before = 0;
            for (double value : all.values()) {
                if (value < before) {
                    throw new AssertionError(histogram.name() + labels + " has a bucket that falls: " + all);
                }
                before = value;
            }
            if (!all.containsKey(Double.POSITIVE_INFINITY) || before != counts.getOrDefault(labels, -1.0)) {
                throw new AssertionError(histogram.name() + labels + " counts " + counts + " in buckets of " + all);
            }
        });
    }

    /** All meters, in the order of the text. */
    public List<Meter> meters() {
        return List.copyOf(meters.values());
    }

    /** The names of all samples. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        meters.values().forEach(meter -> meter.samples().forEach(sample -> names.add(sample.name())));
        return names;
    }

    /** The value of the one sample of this name whose labels have these names and values, in turns. */
    public double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return meters.values().stream().flatMap(meter -> meter.samples().stream())
            .filter(sample -> sample.name().equals(name) && sample.labels().equals(wanted)).mapToDouble(Sample::value)
            .findFirst().orElseThrow(() -> new AssertionError("there is no " + name + wanted + " among " + names()));
    }
}
