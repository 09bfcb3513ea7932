package io.rivulet.config;

import java.time.Duration;
import java.util.Locale;

/** A time as people write it: digits and a unit, as {@code 500ms}, {@code 15s}, {@code 5m}, {@code 1h}, {@code 7d}. */
public final class TimeText {

    private static final String SAY = "must be a time such as 500ms, 15s, 5m, 1h or 7d";
    private static final long MAX = Long.MAX_VALUE >> 32;
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
    private static final long[] UNITS_MS = {86_400_000, 3_600_000, 60_000, 1_000, 1};

    private TimeText() {
    }

    /**
     * Reads a time; blanks may stand around digits and unit.
     *
     * @throws IllegalArgumentException when it is none; the message ends a sentence
     */
    public static Duration parse(String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        int digits = 0;
        while (digits < lower.length() && Character.isDigit(lower.charAt(digits))) {
            digits++;
        }
        String unit = lower.substring(digits).trim();
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(unit)) {
                return Duration.ofMillis(Math.multiplyExact(count(lower.substring(0, digits)), UNITS_MS[i]));
            }
        }
        throw new IllegalArgumentException(SAY);
    }

    private static long count(String digits) {
        try {
            long n = Long.parseLong(digits);
            if (n <= MAX) {
                return n;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(SAY, e);
        }
        throw new IllegalArgumentException(SAY);
    }

    /** The same in the largest unit that divides it. */
    static String of(long ms) {
        int i = 0;
        while (ms < UNITS_MS[i] && i < UNITS.length - 1 || ms % UNITS_MS[i] != 0) {
            i++;
        }
        return ms / UNITS_MS[i] + UNITS[i];
    }
}
