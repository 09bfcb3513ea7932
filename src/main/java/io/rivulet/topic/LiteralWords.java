package io.rivulet.topic;

import java.util.ArrayList;
import java.util.Collections;
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
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || !isInWord(text.charAt(i))) {
                if (start < i) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }

    /**
     * The last words that every text has which consists of these literals, in this order, and something between each
     * two. A run that touches that something may be a part of a longer word, so it is left out. Read from the end: a
     * pattern of four kilobytes has eight hundred words, and nobody wants more than a few of them.
     *
     * @param most so many at most, in the order of the text
     */
    static Set<String> last(List<String> literals, int most) {
        List<String> words = new ArrayList<>(most);
        for (int i = literals.size() - 1; i >= 0 && words.size() < most; i--) {
            collectLast(literals.get(i), i == 0, i == literals.size() - 1, words, most);
        }
        Collections.reverse(words);
        return new LinkedHashSet<>(words);
    }

    private static void collectLast(String text, boolean fromStart, boolean toEnd, List<String> words, int most) {
        int end = toEnd ? text.length() : 0; // 0 while what follows may belong to the word
        for (int i = text.length() - 1; i >= -1 && words.size() < most; i--) {
            if (i >= 0 ? isInWord(text.charAt(i)) : !fromStart) {
                continue;
            }
            if (i + 1 < end && !has(words, text, i + 1, end)) {
                words.add(text.substring(i + 1, end));
            }
            end = i;
        }
    }

    /** Whether this part of the text is one of the words: asked before it becomes a text, for it may stand often. */
    private static boolean has(List<String> words, String text, int from, int to) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).length() == to - from && text.startsWith(words.get(i), from)) {
                return true;
            }
        }
        return false;
    }

    static boolean isInWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
            || c >= 0x80;
    }
}
