package io.rivulet.bench.drive;

/**
 * What must be zero in a round that counts.
 *
 * @param gaps      events that somebody did not get
 * @param doubles   events that somebody got twice or out of order
 * @param broken    streams that were refused or ended
 * @param complaint the first reason, or null
 */
public record Faults(long gaps, long doubles, int broken, String complaint) {

    /** For a table: empty when nothing was wrong. */
    public String text() {
        StringBuilder text = new StringBuilder();
        append(text, gaps, "missing");
        append(text, doubles, "twice");
        append(text, broken, "ended");
        return text.toString();
    }

    private static void append(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(what);
        }
    }

    /** Both together. */
    public Faults plus(Faults other) {
        return new Faults(gaps + other.gaps, doubles + other.doubles, broken + other.broken,
            complaint == null ? other.complaint : complaint);
    }
}
