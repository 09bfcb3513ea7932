package io.rivulet.feed;

import io.rivulet.config.BadSetting;
import io.rivulet.config.SettingsTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the prices of a CSV file: lines of {@code symbol,time,price}, with or without a line of these names. {@link
 * Feeds} uses it at the start. Pure.
 */
final class Quotes {

    /** One price; {@code time} stays as the file has it. */
    record Quote(String time, BigDecimal price) {
    }

    /** Each line takes about 100 bytes of heap: 20 MB at most. */
    private static final int LINES_MAX = 200_000;
    private static final int SYMBOLS_MAX = 50;
    private static final int TIME_LENGTH_MAX = 40;
    private static final int PRICE_LENGTH_MAX = 24;
    private static final String SYMBOL = "[A-Za-z0-9._-]{1,16}";

    private Quotes() {
    }

    /**
     * Reads the whole file: the prices of each symbol in the order of the file.
     *
     * @throws BadSetting when it cannot be read, or a line is none of these; the message names file and line
     */
    static Map<String, List<Quote>> read(Path file) {
        Map<String, List<Quote>> bySymbol = new LinkedHashMap<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String[] column = line.strip().replace("\uFEFF", "").split(",", -1);
                boolean isHeader = number == 1 && column[0].strip().equalsIgnoreCase("symbol");
                if (!isHeader && !line.isBlank()) {
                    add(bySymbol, column);
                }
                if (number > LINES_MAX || bySymbol.size() > SYMBOLS_MAX) {
                    throw new IllegalArgumentException("at most " + LINES_MAX + " lines and " + SYMBOLS_MAX
                        + " symbols are read");
                }
            }
        } catch (IOException e) {
            throw bad(file, "cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            throw bad(file, "line " + number + ": " + e.getMessage());
        }
        if (bySymbol.isEmpty()) {
            throw bad(file, "holds no price");
        }
        return Collections.unmodifiableMap(bySymbol);
    }

    private static void add(Map<String, List<Quote>> bySymbol, String[] column) {
        if (column.length != 3) {
            throw new IllegalArgumentException("must be symbol,time,price");
        }
        String symbol = column[0].strip();
        String time = column[1].strip();
        String price = column[2].strip();
        if (!symbol.matches(SYMBOL)) {
            throw new IllegalArgumentException("a symbol is 1 to 16 letters, digits, dots, - and _");
        }
        if (time.length() > TIME_LENGTH_MAX || price.length() > PRICE_LENGTH_MAX
            || !price.matches("-?\\d+(\\.\\d+)?")) {
            throw new IllegalArgumentException("the time has up to " + TIME_LENGTH_MAX
                + " characters, the price is a number such as 101.25");
        }
        bySymbol.computeIfAbsent(symbol, s -> new ArrayList<>()).add(new Quote(time, new BigDecimal(price)));
    }

    private static BadSetting bad(Path file, String why) {
        return new BadSetting(SettingsTable.FEED_QUOTES.fullKey() + " is \"" + file + "\", which " + why);
    }
}
