package io.rivulet.topic;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The words of a topic: its longest runs of letters, digits, {@code -} and {@code _}, such as {@code books} and
 * {@code 17} in {@code /books/17}. {@link PatternFilter} files by them. Pure, any thread.
 *
 * <p>A run that a pattern has literally, between two other literal characters, is a word of every topic that the
 * pattern matches. So a word that few patterns have leads to these few.
 */
final class LiteralWords {

    private LiteralWords() {
    }

    /** All of them, each once. */
    static Set<String> of(String text) {
        Set<String> words = new LinkedHashSet<>();
        collect(text, true, true, words);
        return words;
    }

    /**
     * The words that every text has which consists of these literals, in this order, and something between each two.
     * A run that touches that something may be a part of a longer word, so it is left out.
     */
    static Set<String> complete(List<String> literals) {
        Set<String> words = new LinkedHashSet<>();
        int last = literals.size() - 1;
        for (int i = 0; i <= last; i++) {
            collect(literals.get(i), i == 0, i == last, words);
        }
        return words;
    }

    private static void collect(String text, boolean fromStart, boolean toEnd, Set<String> words) {
        int start = fromStart ? 0 : -1;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() ? isInWord(text.charAt(i)) : !toEnd) {
                continue;
            }
            if (start >= 0 && start < i) {
                words.add(text.substring(start, i));
            }
            start = i + 1;
        }
    }

    static boolean isInWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
            || c >= 0x80;
    }
}
