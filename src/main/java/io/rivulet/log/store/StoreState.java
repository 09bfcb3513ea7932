package io.rivulet.log.store;

import java.nio.file.Path;

/**
 * The state of this instance's store at a moment. Immutable.
 *
 * @param kind   which state
 * @param reason one sentence: why it is not open; null when it is
 * @param holder who holds the folder while this one waits, as far as is known; else null
 */
public record StoreState(Kind kind, String reason, Holder holder) {

    /** The reason of one that begins. */
    static final String BEGINNING = "the store is being opened";

    /** The states. {@code FAILED}: the files are not as they were written, and a person has to look. */
    public enum Kind { OPENING, OPEN, HANDING_OVER, CLOSED, FAILED }

    /**
     * An instance that holds a folder.
     *
     * @param contextPath of its application
     * @param pid         of its process
     * @param sinceMs     since 1970
     */
    public record Holder(String contextPath, long pid, long sinceMs) {
        @Override
        public String toString() {
            return "the application at \"" + (contextPath.isEmpty() ? "/" : contextPath) + "\" in process " + pid
                + " since " + java.time.Instant.ofEpochMilli(sinceMs);
        }
    }

    /** The same while something is wrong; null while the store is open, or only on its way to be. */
    public String troubleWithout(Path folder) {
        return BEGINNING.equals(reason) ? null : reasonWithout(folder);
    }

    /** The reason for anybody: where the folder lies is for the log of the hub. Null when the store is open. */
    public String reasonWithout(Path folder) {
        if (reason == null) {
            return null;
        }
        String told = reason.replace(folder + folder.getFileSystem().getSeparator(), "")
            .replace("the folder " + folder, "the data folder").replace(folder.toString(), "the data folder");
        for (Path above = folder.getParent(); above != null && above.getNameCount() > 1; above = above.getParent()) {
            told = told.replace(above.toString(), "..."); // what the system says of a folder that cannot be made
        }
        return told;
    }

    static StoreState of(Kind kind, String reason) {
        return new StoreState(kind, reason, null);
    }
}
