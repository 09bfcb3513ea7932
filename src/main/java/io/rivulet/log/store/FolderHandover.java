package io.rivulet.log.store;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How instances that want the same folder talk to each other, by small files in it. One file says which instance holds
 * the folder; each instance that asks for it renews a file of its own. {@link StoreKeeper} uses it, on its thread.
 *
 * <p>The hard thing is that an instance may be killed at any moment, and that clocks may be set. A request counts only
 * while it is seen to change, so an asker that was killed leaves nothing that is obeyed. Every instance draws a ticket
 * above all that it finds, and a holder gives only to a higher ticket: so the folder moves forward through deployments,
 * never back, and no clock is asked.
 *
 * <p>T1 holds the folder with ticket 1. T2 is deployed, draws 2, and renews its request at each look. T1 sees the
 * request change, ends its work and releases the lock. T2 gets the lock and writes that it holds the folder. T1, if it
 * is still there, may not ask: its ticket is lower.
 *
 * <p>A full disk has no room for a line, and the one that asks may be the one that makes room. But it has room for a
 * name mostly, so a note that cannot be written stands in the name of an empty file.
 */
final class FolderHandover {

    private static final Logger LOG = LoggerFactory.getLogger(FolderHandover.class);
    private static final String HOLDER = "store.holder";
    private static final String REQUEST = "store.request-";
    /** Between the name of a file and the note in it. */
    private static final String IN_NAME = "+";
    private static final int NAMED_CONTEXT_MAX = 120;
    /** A request that did not change for so many looks has no asker any more, and is removed. */
    private static final int STALE_LOOKS = 20;
    /** An asker renews its request about once a look, but the looks of two instances are not in step. */
    private static final int ALIVE_LOOKS = 2;

    private final Path folder;
    private final String contextPath;
    private final boolean always;
    private final String name = REQUEST + UUID.randomUUID();
    private final Map<String, Seen> seen = new HashMap<>();
    /** 0 until it is drawn. */
    private long ticket;
    /** Grows with each renewal of the request: a note that others see change. */
    private long beat;
    private boolean asking;

    /** A note as it stood at the last look, and how many looks ago it changed. */
    private record Seen(Note note, int looksUnchanged) {
    }

    /** One line of the files: ticket, process, time or beat, whether any context is asked, context path. */
    private record Note(long ticket, long pid, long value, boolean always, String contextPath) {

        String line() {
            return ticket + " " + pid + " " + value + " " + always + " " + contextPath;
        }

        /** The same as a part of a file's name; a context path that is too long for one is told by its hash. */
        String named() {
            String context = URLEncoder.encode(contextPath, StandardCharsets.UTF_8).replace("*", "%2A");
            return ticket + "_" + pid + "_" + value + "_" + always + "_"
                + (context.length() <= NAMED_CONTEXT_MAX ? context : "~" + hash(contextPath));
        }

        private static String hash(String text) {
            return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
        }

        /** Whether both are of one context path. */
        boolean isOf(String path) {
            return contextPath.equals(path) || contextPath.equals("~" + hash(path));
        }

        static Note ofName(String file) {
            String[] parts = file.substring(file.indexOf(IN_NAME) + 1).split("_", 5);
            try {
                return parts.length < 5 ? null
                    : parse(parts, URLDecoder.decode(parts[4], StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        static Note parse(String line) {
            String[] parts = line.strip().split(" ", 5);
            return parse(parts, parts.length < 5 ? "" : parts[4]);
        }

        private static Note parse(String[] parts, String contextPath) {
            try {
                return new Note(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
                    Boolean.parseBoolean(parts[3]), contextPath);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                return null; // half of a note, or somebody else's file: as if it were not there
            }
        }
    }

    FolderHandover(Path folder, String contextPath, boolean always) {
        this.folder = folder;
        this.contextPath = contextPath;
        this.always = always;
    }

    /** Draws the ticket; before anything else. */
    void begin() throws IOException {
        Note holder = read(HOLDER);
        ticket = holder == null ? 1 : holder.ticket() + 1;
        for (String request : requests()) {
            Note note = read(request);
            ticket = note == null ? ticket : Math.max(ticket, note.ticket() + 1);
        }
    }

    boolean hasBegun() {
        return ticket > 0;
    }

    /** The holder of the folder as its note says; null without a note. */
    StoreState.Holder holder() throws IOException {
        Note note = read(HOLDER);
        return note == null ? null : new StoreState.Holder(note.contextPath(), note.pid(), note.value());
    }

    /** Writes that this instance holds the folder. */
    void hold(long sinceMs) throws IOException {
        withdraw();
        write(HOLDER, new Note(ticket, ProcessHandle.current().pid(), sinceMs, false, contextPath));
    }

    /** Asks the holder, or asks again, if it is one that would give. */
    void ask() throws IOException {
        Note holder = read(HOLDER);
        if (holder != null && holder.ticket() < ticket && (always || holder.isOf(contextPath))) {
            asking = true;
            write(name, new Note(ticket, ProcessHandle.current().pid(), ++beat, always, contextPath));
        }
    }

    /** Takes the request back. */
    void withdraw() throws IOException {
        if (asking) {
            Files.deleteIfExists(folder.resolve(name));
            deleteNamed(name, null);
            asking = false;
        }
    }

    /** The result of a look at the requests. */
    enum Look { NOBODY, PERHAPS, ASKED }

    /** For the holder: whether an instance that it gives to asks. {@code PERHAPS}: look again soon. */
    Look look() throws IOException {
        Look result = Look.NOBODY;
        for (Note note : changed()) {
            if (note.ticket() > ticket && (note.always() || note.isOf(contextPath))) {
                return Look.ASKED;
            }
        }
        for (Seen each : seen.values()) {
            if (each.looksUnchanged() == 0 && each.note().ticket() > ticket) {
                result = Look.PERHAPS;
            }
        }
        return result;
    }

    /** For an instance that waits without asking: whether another one asks, and is to get the folder first. */
    boolean othersAsk() throws IOException {
        changed();
        return !asking && seen.values().stream().anyMatch(each -> each.looksUnchanged() <= ALIVE_LOOKS);
    }

    /**
     * Requests that changed since the last look; those that no longer do are removed. A request that is seen for the
     * first time has not changed yet: its asker may have been killed an hour ago.
     */
    private List<Note> changed() throws IOException {
        List<Note> changed = new ArrayList<>();
        Map<String, Seen> before = new HashMap<>(seen);
        seen.clear();
        for (String file : requests()) {
            Note note = read(file);
            if (note == null || file.equals(name)) {
                continue;
            }
            Seen last = before.get(file);
            if (last == null) {
                seen.put(file, new Seen(note, 0));
            } else if (!last.note().equals(note)) {
                changed.add(note);
                seen.put(file, new Seen(note, 0));
            } else if (last.looksUnchanged() < STALE_LOOKS) {
                seen.put(file, new Seen(note, last.looksUnchanged() + 1));
            } else {
                Files.deleteIfExists(folder.resolve(file));
                deleteNamed(file, null);
            }
        }
        return changed;
    }

    /** The files of requests, each once, without a note in a name. */
    private List<String> requests() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().split("\\" + IN_NAME)[0])
                .filter(file -> file.matches(REQUEST + "[0-9a-f-]{36}")).distinct().toList();
        }
    }

    /** The note of this file, in it or in a name; the newer one of both, null for none. */
    private Note read(String file) throws IOException {
        Note newest = null;
        try {
            newest = Note.parse(new String(Files.readAllBytes(folder.resolve(file)), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            LOG.trace("{} is not there, or its note is in a name", file);
        }
        for (Path path : named(file)) {
            Note note = Note.ofName(path.getFileName().toString());
            boolean isNewer = note != null && (newest == null || note.ticket() > newest.ticket()
                || note.ticket() == newest.ticket() && note.value() > newest.value());
            newest = isNewer ? note : newest;
        }
        return newest;
    }

    /** The files with a note of this one in their names. */
    private List<Path> named(String file) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().startsWith(file + IN_NAME)).toList();
        }
    }

    private void deleteNamed(String file, Path but) throws IOException {
        for (Path path : named(file)) {
            if (!path.equals(but)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Writes a note whole or not at all, for others read it at any moment. */
    private void write(String file, Note note) throws IOException {
        Path tmp = folder.resolve(name + ".new");
        try {
            Files.writeString(tmp, note.line());
            Files.move(tmp, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(tmp); // on a full disk each start would leave an empty file
            writeInName(file, note);
            return;
        }
        deleteNamed(file, null);
    }

    private void writeInName(String file, Note note) throws IOException {
        Path named = folder.resolve(file + IN_NAME + note.named());
        try {
            Files.createFile(named);
        } catch (FileAlreadyExistsException e) {
            return; // the same note
        }
        deleteNamed(file, named);
    }
}
