package io.rivulet.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of setting: how a text becomes a value, and how a number is shown again. The rows of the tables name theirs;
 * {@link Setting#parse} reads with it at the start. Immutable.
 *
 * @param <T>    what the text means
 * @param unit   what the table of settings says of such a text
 * @param parse  reads it; an {@link IllegalArgumentException} says how it must be
 * @param number the value as a number in the kind's own unit, for the range; null where a value is no number
 */
record Kind<T>(String unit, Function<String, T> parse, Function<T, Long> number) {

    static final Kind<Boolean> FLAG = new Kind<>("true, false", Kind::flag, null);
    static final Kind<Optional<String>> PATH =
        new Kind<>("path", s -> s.isEmpty() ? Optional.empty() : Optional.of(s), null);
    static final Kind<String> TEXT = new Kind<>("path", s -> s, null);
    static final Kind<String> HOST = new Kind<>("host name or address", Kind::host, null);
    static final Kind<List<String>> LIST = new Kind<>("names, by comma", Kind::list, null);
    /** Split where no bracket is open: a template such as {@code /{a,b}} has commas of its own. */
    static final Kind<List<String>> TOPICS = new Kind<>("topics, by comma", Kind::topics, null);
    static final Kind<List<IpBlock>> ADDRESSES =
        new Kind<>("addresses, by comma", s -> list(s).stream().map(IpBlock::parse).toList(), null);
    /** The only kind whose text no message shows. */
    static final Kind<Optional<Secret>> SECRET =
        new Kind<>("secret", s -> s.isEmpty() ? Optional.empty() : Optional.of(new Secret(s)), null);
    static final Kind<Integer> COUNT = new Kind<>("count", Kind::count, Integer::longValue);
    static final Kind<Long> BYTES = new Kind<>("bytes (k, m, g)", Kind::bytes, n -> n);
    static final Kind<Duration> TIME = new Kind<>("time (ms, s, m, h, d)", TimeText::parse, Duration::toMillis);

    /** Whether its texts are for no message. */
    boolean isSecret() {
        return this == SECRET;
    }

    /** One of the constants of an enum, in lower case. */
    static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        List<String> names = Arrays.stream(type.getEnumConstants()).map(e -> lower(e.name())).toList();
        return new Kind<>(String.join(", ", names), text -> {
            int i = names.indexOf(lower(text));
            if (i < 0) {
                throw new IllegalArgumentException("must be one of " + String.join(", ", names));
            }
            return type.getEnumConstants()[i];
        }, null);
    }

    /** A number in this kind's unit, shown so that it can be read back. */
    String show(long n) {
        if (this == BYTES) {
            return n >= 1 << 30 && n % (1 << 30) == 0 ? (n >> 30) + "g"
                : n >= 1 << 20 && n % (1 << 20) == 0 ? (n >> 20) + "m"
                : n >= 1 << 10 && n % (1 << 10) == 0 ? (n >> 10) + "k" : Long.toString(n);
        }
        if (this == TIME) {
            return TimeText.of(n);
        }
        return Long.toString(n);
    }

    private static boolean flag(String text) {
        return switch (lower(text)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static String host(String text) {
        if (!text.matches("[A-Za-z0-9._:%-]+")) {
            throw new IllegalArgumentException("must be a name or an address, without a port");
        }
        return text;
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
    }

    private static List<String> topics(String text) {
        List<String> topics = new ArrayList<>();
        int open = 0;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            open += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
            if (i == text.length() || c == ',' && open <= 0) {
                topics.add(text.substring(from, i).trim());
                from = i + 1;
            }
        }
        topics.removeIf(String::isEmpty);
        return List.copyOf(topics);
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static long bytes(String text) {
        String s = lower(text);
        int shift = s.endsWith("k") ? 10 : s.endsWith("m") ? 20 : s.endsWith("g") ? 30 : 0;
        return Math.multiplyExact(whole(shift == 0 ? s : s.substring(0, s.length() - 1),
            "must be a number of bytes such as 512k, 64m or 1g"), 1L << shift);
    }

    private static long whole(String digits, String say) {
        try {
            long n = Long.parseLong(digits.trim());
            if (n < 0 || n > Long.MAX_VALUE >> 32) {
                throw new IllegalArgumentException(say);
            }
            return n;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(say, e);
        }
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
