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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log, close to the common log format: a line at each request's end, for a stream one at its start and one
 * at its end, never a query and so never a token. Lines go through a bounded queue to a thread of its own; when the
 * disk is slower than the callers, lines are lost and counted, and nobody waits.
 */
public final class AccessLog implements AutoCloseable {

    /** Logs nothing. */
    public static final AccessLog NONE = new AccessLog();

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    /** 4,096 lines of about 120 characters: half a megabyte at most. */
    private static final int QUEUE_LINES = 4_096;
    private static final int BATCH_LINES = 512;
    /** A file that nobody rotates is moved to {@code .1} at this size. */
    private static final long FILE_BYTES_MAX = 64L << 20;
    private static final int PATH_CHARS_MAX = 512;
    /** Lines wait so long for others: to wake the writer for each would cost a request more than its line. */
    private static final long PAUSE_NS = 100_000_000;
    /** After so many lines the writer is woken all the same, before the queue is full. */
    private static final int WAKE_LINES = QUEUE_LINES / 4;

    private final Path path;
    private final InstantSource clock;
    private final Metrics metrics;
    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE_LINES);
    private final Thread writer;
    private final AtomicInteger lines = new AtomicInteger();
    private volatile Second second = new Second(Long.MIN_VALUE, "");
    private volatile boolean closing;
    private OutputStream out;
    private Object openKey;
    private boolean failing;

    /** A second of the clock, as lines tell it: many requests share one. */
    private record Second(long number, String text) {
    }

    private AccessLog() {
        path = null;
        clock = null;
        metrics = null;
        writer = null;
        closing = true;
    }

    /**
     * Opens the file for appending and starts the thread {@code rivulet-access}.
     *
     * @throws IOException when the file cannot be opened
     */
    public AccessLog(Path path, InstantSource clock, Metrics metrics) throws IOException {
        this.path = path.toAbsolutePath();
        this.clock = clock;
        this.metrics = metrics;
        Files.createDirectories(this.path.getParent());
        open();
        writer = new Thread(this::run, "rivulet-access");
        writer.setDaemon(true);
        writer.start();
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
        return text; // nearly always: no request pays for a new one
    }

    private static boolean isUnfit(char c, char least) {
        return c < least || c > '~' || c == '"' || c == '\\';
    }

    /** Whether anybody writes lines. */
    boolean isOn() {
        return !closing;
    }

    /** One line; never waits. Any thread. */
    void add(String peer, String subject, String requestLine, int status, String note, String requestId) {
        if (closing) {
            return;
        }
        String line = peer + " - " + subject + " [" + now() + "] \"" + requestLine + "\" " + status + " - " + note
            + " " + requestId + "\n";
        if (!queue.offer(line)) {
            metrics.add(ACCESS_LINES_LOST);
        } else if (lines.incrementAndGet() % WAKE_LINES == 0) {
            LockSupport.unpark(writer);
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

    /** Ends when it is closed and all is written, or when {@link #close} interrupts: the disk took too long. */
    private void run() {
        List<String> batch = new ArrayList<>();
        while (!Thread.currentThread().isInterrupted()) {
            boolean last = closing;
            if (queue.drainTo(batch, BATCH_LINES) > 0) {
                write(batch);
                batch.clear();
            } else if (last) {
                return;
            } else {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void write(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(text::append);
        try {
            reopenWhenMoved();
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            failing = false;
        } catch (IOException e) {
            metrics.add(ACCESS_LINES_LOST, lines.size());
            if (!failing) {
                LOG.warn("the access log {} cannot be written; its lines are lost until it can", path, e);
            }
            failing = true;
        }
    }

    /** A rotated file has another key at this path, or none; whoever rotates need not tell us. */
    private void reopenWhenMoved() throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.size() > FILE_BYTES_MAX) {
                shut();
                Files.move(path, Path.of(path + ".1"), StandardCopyOption.REPLACE_EXISTING);
            } else if (out != null && java.util.Objects.equals(now.fileKey(), openKey)) {
                return;
            }
        } catch (NoSuchFileException e) {
            // moved away: a new one begins
        }
        shut();
        open();
    }

    /** A plain file stream: a channel would be closed by an interrupt. */
    private void open() throws IOException {
        File file = path.toFile();
        out = new FileOutputStream(file, true);
        openKey = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private void shut() throws IOException {
        if (out != null) {
            OutputStream old = out;
            out = null;
            old.close();
        }
    }

    /** Writes what is queued, ends the thread, closes the file; waits two seconds at most. Idempotent. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(2_000);
            if (writer.isAlive()) {
                writer.interrupt();
                writer.join(500);
            }
            shut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the access log {} was not closed cleanly", path, e);
        }
    }
}
