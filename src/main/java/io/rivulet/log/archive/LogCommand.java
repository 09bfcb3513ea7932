package io.rivulet.log.archive;

import com.google.gson.JsonObject;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.IdSeal;
import io.rivulet.log.LogEntry;
import io.rivulet.log.segment.StoredLog;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * The command {@code log}: looks through a log, writes it as lines of JSON, and makes a log of such lines. {@code
 * Commands} calls it, on the main thread of a process of its own. The log is one that no hub has open, whose folder's
 * lock is held meanwhile, or one of an engine. Whatever its size, the command needs the memory of one commit.
 */
public final class LogCommand {

    /** The help. */
    public static final String HELP = """
        log: works on the log of a hub that is stopped, in the folder of %s or --data.dir=FOLDER,
             or with --engine=WORD --engine.url=URL on the one that several nodes share, which may run
          log verify                   compares every byte with its checksum, and names what is damaged
          log dump [--after=POSITION]  prints the events as their readers know them, a line of JSON each
          log export FILE              writes all of the log to FILE, which must not be there yet; - for the output
          log import FILE              makes the log of an empty folder or engine from an export; - for the input
        An export has the key of the ids and all private events: keep it like the log itself.
        """.formatted(SettingsTable.DATA_DIR.fullKey());

    /** The word of the command line. */
    public static final String NAME = "log";
    /** All went well. */
    public static final int DONE = 0;
    /** The log is damaged, is in use, or the disk refused. */
    public static final int FAILED = 1;
    /** The words could not be meant. */
    public static final int USAGE = 2;

    private static final String AFTER = "--after=";
    private static final String PIPE = "-";
    private static final int LINE_BYTES_MAX = 64 << 20;

    private final LogPlace.Opening opening;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    /** In this folder; {@code out} gets what was asked for, {@code err} what a person should read beside it. */
    public LogCommand(Path folder, Settings settings, InputStream in, PrintStream out, PrintStream err) {
        this(() -> new FolderPlace(folder, settings), in, out, err);
    }

    /** The same at any place. */
    public LogCommand(LogPlace.Opening opening, InputStream in, PrintStream out, PrintStream err) {
        this.opening = opening;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Whether this word is one of the command's own, and no setting. */
    public static boolean isOwn(String word) {
        return word.startsWith(AFTER) || !word.startsWith("--");
    }

    /** Whether these words of its own make a log, for which the folder may have to be made first. */
    public static boolean isImport(List<String> words) {
        return !words.isEmpty() && "import".equals(words.get(0));
    }

    /** Runs the command with these words of its own; gives the status of the process. */
    public int run(List<String> words) {
        String action = words.isEmpty() ? "" : words.get(0);
        String rest = words.size() == 2 ? words.get(1) : null;
        boolean isMeant = words.size() <= 2 && switch (action) {
            case "verify" -> rest == null;
            case "dump" -> rest == null || rest.matches(AFTER + "\\d{1,18}");
            case "export", "import" -> rest != null && !rest.startsWith(AFTER);
            default -> false;
        };
        if (!isMeant) {
            err.append("this can be meant by nobody: ").append(NAME).append(' ').append(String.join(" ", words))
                .append("\n\n").append(HELP);
            return USAGE;
        }
        try (LogPlace place = opening.open()) {
            return act(place, action, rest);
        } catch (IOException e) {
            err.append(action).append(" failed: ").append(told(e)).append('\n');
            return FAILED;
        }
    }

    private int act(LogPlace place, String action, String rest) throws IOException {
        int status = switch (action) {
            case "verify" -> verify(place);
            case "dump" -> dump(place, rest == null ? 0 : Long.parseLong(rest.substring(AFTER.length())));
            case "export" -> export(place, rest);
            default -> load(place, rest);
        };
        checkWritten();
        return status;
    }

    /** A PrintStream throws nothing: a full disk behind it must not look like success. */
    private void checkWritten() throws IOException {
        if (out.checkError()) {
            throw new IOException("the output could not be written");
        }
    }

    private static String told(IOException e) {
        return e instanceof NoSuchFileException ? "there is no file " + e.getMessage()
            : e instanceof FileAlreadyExistsException ? e.getMessage() + " is there already"
            : e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Counts what a walk finds; damage and notes go to a person. */
    private class Walk implements StoredLog.Visitor {
        private final PrintStream to;
        private long first;
        private long last;
        private long events;
        private long damages;

        Walk(PrintStream to) {
            this.to = to;
        }

        @Override
        public void event(LogEntry entry) throws IOException {
            first = first == 0 ? entry.position() : first;
            last = entry.position();
            events++;
        }

        @Override
        public void damaged(String what) throws IOException {
            damages++;
            to.append("DAMAGED: ").append(what).append('\n');
        }

        @Override
        public void noted(String what) {
            to.append("note: ").append(what).append('\n');
        }
    }

    private int verify(LogPlace log) throws IOException {
        Walk walk = new Walk(out);
        log.walk(walk);
        out.append(log.name() + ": " + walk.events + " events" + (walk.events == 0 ? ""
            : ", positions " + walk.first + " to " + walk.last) + ", " + log.kept() + "\n");
        out.append(walk.damages == 0 ? "All is as it was written.\n" : "Damaged in " + walk.damages + " places. A hub"
            + " does not open it. Restore the files that are named from a backup; \"log dump\" shows what is whole.\n");
        return walk.damages == 0 ? DONE : FAILED;
    }

    /** What is whole is shown, whatever is damaged before it. */
    private int dump(LogPlace log, long after) throws IOException {
        IdSeal seal = log.seal();
        OutputStream lines = new BufferedOutputStream(out);
        Walk walk = new Walk(err) {
            @Override
            public void event(LogEntry entry) throws IOException {
                if (entry.position() > after) {
                    lines.write(bytes(LogLines.shown(entry, seal)));
                }
            }
        };
        log.walk(walk);
        lines.flush();
        return walk.damages == 0 ? DONE : FAILED;
    }

    /** All of it or no file: a backup that lacks something, and does not say so, is worse than none. */
    private int export(LogPlace log, String name) throws IOException {
        if (PIPE.equals(name)) {
            Walk walk = write(log, new BufferedOutputStream(out));
            checkWritten();
            tell(walk);
            return DONE;
        }
        Path file = Path.of(name);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(name);
        }
        Files.deleteIfExists(part);
        if (file.toAbsolutePath().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try {
            Walk walk;
            try (FileOutputStream to = new FileOutputStream(part.toFile());
                 OutputStream lines = new BufferedOutputStream(to, 1 << 16)) {
                walk = write(log, lines);
                to.getFD().sync();
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            tell(walk);
            return DONE;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Walk write(LogPlace log, OutputStream lines) throws IOException {
        MessageDigest sha = sha256();
        Walk walk = new Walk(err) {
            @Override
            public void event(LogEntry entry) throws IOException {
                super.event(entry);
                write(LogLines.event(entry), sha, lines);
            }

            @Override
            public void damaged(String what) throws IOException {
                throw new IOException(what + ". Nothing was exported: \"log verify\" names all that is damaged, and"
                    + " \"log dump\" shows what is whole");
            }
        };
        write(LogLines.head(log.store()), sha, lines);
        log.walk(walk);
        lines.write(bytes(LogLines.end(walk.events, sha.digest())));
        lines.flush();
        return walk;
    }

    private void tell(Walk walk) {
        err.append("exported " + walk.events + " events" + (walk.events == 0 ? "" : ", positions " + walk.first + " to "
            + walk.last) + "; all ids and cursors of clients keep their meaning\n");
    }

    private static void write(JsonObject line, MessageDigest sha, OutputStream lines) throws IOException {
        byte[] bytes = bytes(line);
        sha.update(bytes);
        lines.write(bytes);
    }

    private static byte[] bytes(JsonObject line) {
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JVM", e);
        }
    }

    private int load(LogPlace place, String name) throws IOException {
        try (InputStream from = new BufferedInputStream(PIPE.equals(name) ? in : Files.newInputStream(Path.of(name)),
            1 << 16)) {
            load(place, from);
        }
        return DONE;
    }

    /** Line by line; nothing counts before the last line has said that all came, and came as it was written. */
    private void load(LogPlace place, InputStream from) throws IOException {
        MessageDigest sha = sha256();
        long number = 1;
        long events = 0;
        String line = next(from, number, sha);
        if (line == null) {
            throw new IOException("the import is empty");
        }
        try (LogPlace.Into into = place.into(LogLines.store(LogLines.parse(line)))) {
            while (true) {
                byte[] before = digest(sha);
                line = next(from, ++number, sha);
                if (line == null) {
                    throw new IOException("the import ends after " + events + " events, without its last line: half a"
                        + " file. Nothing was imported");
                }
                JsonObject object = LogLines.parse(line);
                if (object.has("end")) {
                    end(object, events, before);
                    break;
                }
                into.add(LogLines.entry(object));
                events++;
            }
            into.commit();
            err.append("imported " + events + " events; all ids and cursors of clients keep their meaning\n");
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException("line " + number + " of the import cannot be meant: " + e.getMessage()
                + ". Nothing was imported", e);
        }
    }

    private static void end(JsonObject line, long events, byte[] sha256) throws IOException {
        if (LogLines.number(line, "end") != events) {
            throw new IOException("the import has " + events + " events, and its last line says "
                + LogLines.number(line, "end") + ". Nothing was imported");
        }
        if (!Arrays.equals(LogLines.bytes(line, "sha256"), sha256)) {
            throw new IOException("the import was changed after it was written: its checksum does not match. Nothing"
                + " was imported");
        }
    }

    /** The digest so far; more may follow. */
    private static byte[] digest(MessageDigest sha) {
        try {
            return ((MessageDigest) sha.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of this JVM cannot be read half-way", e);
        }
    }

    /** The next line; null at the end, also where the last one is not whole. */
    private static String next(InputStream from, long number, MessageDigest sha) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int b = from.read(); b >= 0; b = from.read()) {
            line.write(b);
            if (b == '\n') {
                byte[] bytes = line.toByteArray();
                sha.update(bytes);
                return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
            }
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("line " + number + " of the import has more than " + LINE_BYTES_MAX + " bytes");
            }
        }
        return null;
    }
}
