package io.rivulet.feed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads the lines that are added to a file, like {@code tail -F}: over a rename that puts a new file in its place, over
 * a cut to nothing, and over a time without the file. {@link LogFeed} uses it, on one thread. A file that is there at
 * first is read from its last few lines on, a later one from its start. One call reads a bounded piece.
 *
 * <p>It cannot see, as {@code tail} cannot, a file that was cut and has grown past the old position between two calls.
 */
final class FileFollower implements AutoCloseable {

    /** Lines are cut here; what follows up to the line's end is left out. */
    static final int LINE_BYTES_MAX = 2_000;
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int FIRST_LINES = 10;
    private static final int FIRST_BYTES = 16 * 1024;
    private static final String CUT = "…";

    private final Path path;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private FileChannel channel;
    private Object fileKey;
    private long position;
    private boolean lineIsCut;
    private boolean looked;
    private boolean rested;
    private boolean replaced;

    FileFollower(Path path) {
        this.path = path;
    }

    /**
     * The whole lines that were added since the last call.
     *
     * @throws IOException when the file is there and cannot be read; the next call tries again
     */
    List<String> poll() throws IOException {
        List<String> lines = new ArrayList<>();
        if (channel == null && !open(lines)) {
            return lines;
        }
        if (channel.size() < position) {
            begin(0);
        }
        boolean atEnd = read(lines);
        if (atEnd && replaced) {
            endLine(lines);
            leave();
            open(lines);
        } else if (atEnd) {
            // T1 the writer ends the old file with a last line and renames it; T2 we had read up to before that line.
            // So the old file is read once more in the next call, after the new one was seen.
            replaced = isReplaced();
        }
        return lines;
    }

    /** Lets go of the file, so that a rotated one can be deleted; {@link #poll} goes on where it was. */
    @Override
    public void close() throws IOException {
        rested = true;
        leave();
    }

    private void leave() throws IOException {
        FileChannel open = channel;
        channel = null;
        replaced = false;
        if (open != null) {
            open.close();
        }
    }

    /** Opens what has the name now: the file it knows where it was, another from its start. */
    private boolean open(List<String> lines) throws IOException {
        boolean first = !looked;
        looked = true;
        try {
            BasicFileAttributes named = attributes();
            if (!named.isRegularFile()) {
                throw new IOException(path + " is no regular file");
            }
            channel = FileChannel.open(path);
            if (!Objects.equals(named.fileKey(), attributes().fileKey())) {
                // T1 we ask for the key; T2 renames; T1 opens the other file and would know it by the wrong key
                leave();
                return false;
            }
            if (fileKey == null || !fileKey.equals(named.fileKey())) {
                begin(0);
            }
            fileKey = named.fileKey();
            if (first || rested && channel.size() - position > PIECE_BYTES) {
                // what was missed while nobody listened is history, and only its end is news
                lastLines(lines);
            }
            rested = false;
            return true;
        } catch (NoSuchFileException e) {
            // it comes later; a file without name now is not the one that comes
            leave();
            fileKey = null;
            return false;
        }
    }

    private void begin(long at) {
        position = at;
        line.reset();
        lineIsCut = false;
    }

    private void lastLines(List<String> lines) throws IOException {
        long from = Math.max(0, channel.size() - FIRST_BYTES);
        begin(from);
        read(lines);
        if (from > 0 && !lines.isEmpty()) {
            lines.remove(0);
        }
        if (lines.size() > FIRST_LINES) {
            lines.subList(0, lines.size() - FIRST_LINES).clear();
        }
    }

    /** Reads a piece; answers whether that was all there is. */
    private boolean read(List<String> lines) throws IOException {
        piece.clear();
        while (piece.hasRemaining()) {
            int n = channel.read(piece, position + piece.position());
            if (n <= 0) {
                break;
            }
        }
        boolean atEnd = piece.hasRemaining();
        piece.flip();
        position += piece.limit();
        while (piece.hasRemaining()) {
            take(piece.get(), lines);
        }
        return atEnd;
    }

    private void take(byte b, List<String> lines) {
        if (b == '\n') {
            endLine(lines);
        } else if (line.size() < LINE_BYTES_MAX) {
            line.write(b);
        } else {
            lineIsCut = true;
        }
    }

    private void endLine(List<String> lines) {
        String text = line.toString(StandardCharsets.UTF_8);
        if (!text.isBlank()) {
            lines.add(lineIsCut ? withoutHalf(text) + CUT : text.stripTrailing());
        }
        line.reset();
        lineIsCut = false;
    }

    /** A character cut in its middle reads as U+FFFD. */
    private static String withoutHalf(String text) {
        return text.endsWith("\uFFFD") ? text.substring(0, text.length() - 1) : text;
    }

    private boolean isReplaced() throws IOException {
        try {
            Object now = attributes().fileKey();
            return now != null && !now.equals(fileKey);
        } catch (NoSuchFileException e) {
            // renamed, and the new one is still to come: what is open stays the file until then
            return false;
        }
    }

    /** With the key that the system knows the file by; null where it has none, and a rename goes unseen there. */
    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }
}
