package io.rivulet.log.store;

/**
 * The state of this instance's store at a moment. Immutable.
 *
 * @param kind   which state
 * @param reason one sentence: why it is not open; null when it is
 * @param holder who holds the folder while this one waits, as far as is known; else null
 */
public record StoreState(Kind kind, String reason, Holder holder) {

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

    static StoreState of(Kind kind, String reason) {
        return new StoreState(kind, reason, null);
    }
}
