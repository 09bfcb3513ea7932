package io.rivulet.http.trace;

import static io.rivulet.metrics.Metrics.Count.ACCESS_LINES_LOST;

import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Printable;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: a line at the end of each request, close to the common log format; a stream has one line at its start
 * and one at its end. A line never has a query, and so never a token. {@code RequestTrace} adds lines, on any thread;
 * the thread {@code rivulet-access} writes them.
 *
 * <p>A request must never wait for the disk. So a line goes into a bounded queue; when the disk is slower than the
 * requests, lines are lost and counted.
 *
 * <p>Why this is no logger with a {@code java.util.logging.FileHandler}: that one writes in the request's own thread,
 * under a lock. Side by side in one run a request paid 27 times as long there for its line, and allocated 11 times as
 * much (3.8 µs and 1,800 bytes, beside 0.14 µs and 168 bytes). When the device stood still for half a second, so did
 * the request. It also keeps writing into a file that was renamed, and counts no line that it loses.
 */
public final class AccessLog implements AutoCloseable {

    /** Logs nothing. */
    public static final AccessLog NONE = new AccessLog();

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    /** A file that nobody rotates is moved to {@code .1} at this size. */
    private static final long FILE_BYTES_MAX = 64L << 20;
    private static final int PATH_CHARS_MAX = 512;

    private final File file;
    private final InstantSource clock;
    private final Metrics metrics;
    private final LineQueue<String> queue;
    private volatile Second second = new Second(Long.MIN_VALUE, "");
    /** Whether the last lines were lost; the writer's own. */
    private boolean failing;

    /** A second of the clock and its text in a line: many requests share one. */
    private record Second(long number, String text) {
    }

    private AccessLog() {
        file = null;
        clock = null;
        metrics = null;
        queue = null;
    }

    /**
     * Opens the file for appending, which tells whether that can be done, and starts the thread.
     *
     * @throws IOException when the file cannot be opened
     */
    public AccessLog(Path path, InstantSource clock, Metrics metrics) throws IOException {
        file = path.toAbsolutePath().toFile();
        this.clock = clock;
        this.metrics = metrics;
        Files.createDirectories(file.toPath().getParent());
        append(new byte[0]);
        queue = new LineQueue<>("rivulet-access", this::write);
    }

    /** {@code GET /api/updates HTTP/1.1}: without query and path parameters, printable, no quotes, short. */
    static String requestLine(String method, String uri, String protocol) {
        int end = uri.indexOf(';');
        String path = end < 0 ? uri : uri.substring(0, end);
        return printable(method + " " + Printable.cut(path, PATH_CHARS_MAX) + " " + protocol, ' ');
    }

    /** The text with a question mark for each character that would break a line of quoted words. */
    static String printable(String text, char least) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnfit(text.charAt(i), least)) {
                StringBuilder clean = new StringBuilder(text);
                for (int at = i; at < text.length(); at++) {
                    clean.setCharAt(at, isUnfit(text.charAt(at), least) ? '?' : text.charAt(at));
                }
                return clean.toString();
            }
        }
        return text; // nearly always, and without a new string
    }

    private static boolean isUnfit(char c, char least) {
        return c < least || c > '~' || c == '"' || c == '\\';
    }

    /** Whether lines are written. */
    boolean isOn() {
        return queue != null && !queue.isClosed();
    }

    /** Adds one line. Never waits; any thread. */
    void add(String peer, String subject, String requestLine, int status, String note, String requestId) {
        if (!isOn()) {
            return;
        }
        String line = peer + " - " + subject + " [" + now() + "] \"" + requestLine + "\" " + status + " - " + note
            + " " + requestId + "\n";
        if (!queue.add(line)) {
            metrics.add(ACCESS_LINES_LOST);
        }
    }

    private String now() {
        long number = Math.floorDiv(clock.millis(), 1_000L);
        Second last = second;
        if (last.number() != number) {
            last = new Second(number, TIME.format(Instant.ofEpochSecond(number)));
            second = last;
        }
        return last.text();
    }

    private void write(List<String> lines) {
        try {
            if (file.length() > FILE_BYTES_MAX) {
                Files.move(file.toPath(), Path.of(file + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            append(String.join("", lines).getBytes(StandardCharsets.UTF_8));
            failing = false;
        } catch (IOException e) {
            metrics.add(ACCESS_LINES_LOST, lines.size());
            if (!failing) {
                LOG.warn("the access log {} cannot be written; its lines are lost until it can", file, e);
            }
            failing = true;
        }
    }

    /**
     * The file is opened for each batch, ten times a second or for 512 lines: so a file that was renamed is begun anew,
     * and whoever rotates it need not tell the hub. It is a plain stream, since an interrupt closes a channel.
     */
    private void append(byte[] text) throws IOException {
        try (OutputStream out = new FileOutputStream(file, true)) {
            out.write(text);
        }
    }

    /** Writes the lines that are queued and ends the thread; waits 2.5 seconds at most. Idempotent. */
    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
    }
}
