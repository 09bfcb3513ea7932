package io.rivulet.bench.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Medians of rounds, and how numbers are written. */
public final class Numbers {

    private Numbers() {
    }

    /** The middle one; of an even count the mean of both. NaN of none. */
    public static <T> double median(List<T> rounds, ToDoubleFunction<T> of) {
        List<Double> sorted = rounds.stream().map(of::applyAsDouble).sorted(Comparator.naturalOrder()).toList();
        int n = sorted.size();
        return n == 0 ? Double.NaN : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /** The least and the most, as {@code 9.1 to 9.8}. */
    public static <T> String range(List<T> rounds, ToDoubleFunction<T> of, int digits) {
        return fixed(rounds.stream().mapToDouble(of).min().orElse(Double.NaN), digits) + " to "
            + fixed(rounds.stream().mapToDouble(of).max().orElse(Double.NaN), digits);
    }

    /** So many digits behind the point; thousands are parted. */
    public static String fixed(double value, int digits) {
        return Double.isNaN(value) || Double.isInfinite(value) ? "–"
            : String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Microseconds as milliseconds. */
    public static String ms(double us) {
        return fixed(us / 1_000, 2);
    }
}
