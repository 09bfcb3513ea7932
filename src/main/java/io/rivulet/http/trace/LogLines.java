package io.rivulet.http.trace;

import static io.rivulet.metrics.Metrics.Count.ACCESS_LINES_LOST;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.metrics.Metrics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines at two named loggers, at level INFO, where a setting asks for them: {@code rivulet.access} tells of each
 * request, {@code rivulet.audit} of who published what where and of who operated the hub. Never data, tokens or
 * queries. {@link RequestTrace} adds lines, on any thread; the thread {@code rivulet-lines} hands them to the loggers,
 * whose handlers may wait for a disk or a lock.
 *
 * <p>A line is a list of names and values: {@code what=published subject=ann …}, or an object of JSON. A value that a
 * stranger chose cannot end its line or begin another value.
 */
public final class LogLines implements AutoCloseable {

    /** Writes nothing. */
    public static final LogLines NONE = new LogLines();

    private static final Logger ACCESS = LoggerFactory.getLogger("rivulet.access");
    private static final Logger AUDIT = LoggerFactory.getLogger("rivulet.audit");
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    /** What needs no quotes. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_./:;@,*{}+-]+");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f]");

    private final boolean json;
    private final InstantSource clock;
    private final Metrics metrics;
    private final LineQueue<Line> queue;

    /** One line and whose it is. */
    private record Line(Logger logger, long ms, Map<String, Object> fields) {
    }

    private LogLines() {
        json = false;
        clock = null;
        metrics = null;
        queue = null;
    }

    private LogLines(boolean json, InstantSource clock, Metrics metrics) {
        this.json = json;
        this.clock = clock;
        this.metrics = metrics;
        queue = new LineQueue<>("rivulet-lines", this::write);
    }

    /** As the settings say; {@code metrics} counts lines that found no room. */
    public static LogLines of(Settings settings, InstantSource clock, Metrics metrics) {
        return switch (settings.get(SettingsTable.LOGGERS)) {
            case OFF -> NONE;
            case TEXT -> new LogLines(false, clock, metrics);
            case JSON -> new LogLines(true, clock, metrics);
        };
    }

    /** Whether lines about what was done are written: else nobody need make one. */
    boolean isAuditOn() {
        return queue != null && AUDIT.isInfoEnabled();
    }

    /** Whether lines about requests are written. */
    boolean isAccessOn() {
        return queue != null && ACCESS.isInfoEnabled();
    }

    /** A line at the logger of requests; never waits. */
    void access(Map<String, Object> fields) {
        add(ACCESS, fields);
    }

    /** A line at the logger of what was done; never waits. */
    void audit(Map<String, Object> fields) {
        add(AUDIT, fields);
    }

    private void add(Logger logger, Map<String, Object> fields) {
        if (!queue.add(new Line(logger, clock.millis(), fields))) {
            metrics.add(ACCESS_LINES_LOST);
        }
    }

    private void write(List<Line> lines) {
        for (Line line : lines) {
            line.logger().info("{}", json ? json(line) : text(line.fields()));
        }
    }

    private static String json(Line line) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("time", Instant.ofEpochMilli(line.ms()).toString());
        all.put("logger", line.logger().getName());
        all.putAll(line.fields());
        return escaped(JSON.toJson(all));
    }

    /** In the way of logfmt: a value that is no plain word stands in quotes, as JSON writes it. */
    static String text(Map<String, Object> fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) -> {
            String said = value instanceof List<?> list ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(value);
            text.append(text.isEmpty() ? "" : " ").append(name).append('=')
                .append(WORD.matcher(said).matches() ? said : escaped(JSON.toJson(said)));
        });
        return text.toString();
    }

    /** Gson leaves some control characters as they are; a terminal would obey them. */
    private static String escaped(String written) {
        return CONTROL.matcher(written).replaceAll(found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    /** Hands over what waits and ends the thread. Idempotent. */
    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
    }
}
