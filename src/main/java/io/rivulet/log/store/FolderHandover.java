package io.rivulet.log.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

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
 */
final class FolderHandover {

    private static final String HOLDER = "store.holder";
    private static final String REQUEST = "store.request-";
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

        static Note parse(String line) {
            String[] parts = line.strip().split(" ", 5);
            try {
                return new Note(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
                    Boolean.parseBoolean(parts[3]), parts.length < 5 ? "" : parts[4]);
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
        Note holder = read(folder.resolve(HOLDER));
        ticket = holder == null ? 1 : holder.ticket() + 1;
        for (Path request : requests()) {
            Note note = read(request);
            ticket = note == null ? ticket : Math.max(ticket, note.ticket() + 1);
        }
    }

    boolean hasBegun() {
        return ticket > 0;
    }

    /** The holder of the folder as its note says; null without a note. */
    StoreState.Holder holder() throws IOException {
        Note note = read(folder.resolve(HOLDER));
        return note == null ? null : new StoreState.Holder(note.contextPath(), note.pid(), note.value());
    }

    /** Writes that this instance holds the folder. */
    void hold(long sinceMs) throws IOException {
        withdraw();
        write(folder.resolve(HOLDER), new Note(ticket, ProcessHandle.current().pid(), sinceMs, false, contextPath));
    }

    /** Asks the holder, or asks again, if it is one that would give. */
    void ask() throws IOException {
        Note holder = read(folder.resolve(HOLDER));
        if (holder != null && holder.ticket() < ticket && (always || holder.contextPath().equals(contextPath))) {
            asking = true;
            write(folder.resolve(name), new Note(ticket, ProcessHandle.current().pid(), ++beat, always, contextPath));
        }
    }

    /** Takes the request back. */
    void withdraw() throws IOException {
        if (asking) {
            Files.deleteIfExists(folder.resolve(name));
            asking = false;
        }
    }

    /** The result of a look at the requests. */
    enum Look { NOBODY, PERHAPS, ASKED }

    /** For the holder: whether an instance that it gives to asks. {@code PERHAPS}: look again soon. */
    Look look() throws IOException {
        Look result = Look.NOBODY;
        for (Note note : changed()) {
            if (note.ticket() > ticket && (note.always() || note.contextPath().equals(contextPath))) {
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
        for (Path request : requests()) {
            String file = request.getFileName().toString();
            Note note = read(request);
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
                Files.deleteIfExists(request);
            }
        }
        return changed;
    }

    private List<Path> requests() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches(REQUEST + "[0-9a-f-]{36}")).toList();
        }
    }

    private static Note read(Path file) throws IOException {
        try {
            return Note.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)); // never refuses bytes
        } catch (java.nio.file.NoSuchFileException e) {
            return null;
        }
    }

    /** Writes a note whole or not at all, for others read it at any moment. */
    private void write(Path file, Note note) throws IOException {
        Path tmp = folder.resolve(name + ".new");
        try {
            Files.writeString(tmp, note.line());
        } catch (IOException e) {
            Files.deleteIfExists(tmp); // on a full disk each start would leave an empty file
            throw e;
        }
        Files.move(tmp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
