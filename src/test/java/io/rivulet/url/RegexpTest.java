package io.rivulet.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The regular expressions within patterns: JavaScript's with flag v, in linear time. */
class RegexpTest {

    private static final int INSTRUCTIONS = 5000;

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"a|bc bc ac", "a*b aaab aaa", "a+? aa b", "a{2,3} aaa aaaa", "a{2} aa a",
        "a{2,} aaaa a", "(?:ab)+ abab aba", "[a-c] b d", "[^a-c] d b", "[a\\-c] - b", ". x xx", "\\d\\w\\S 1_- 1-_",
        "\\bfoo\\b foo foox", "a\\Bb ab a", "^a$ a aa", "\\x41\\u0042\\u{43} ABC abc", "\\.\\/ ./ a/",
        "\\p{Lu}\\p{Ll} Ab aB", "\\P{L} 1 a", "\\p{Script=Latin} a 1", "[\\w&&[a-c]] b d", "[\\w--[a-c]] d b",
        "[[a-z]--[b]] c b", "[\\q{abc|d}x] abc ab", "(?i:aB) Ab ac", "(?i:a(?-i:b)) Ab AB", "(?<n>a)|(?<n>b) b c",
        "a|^ a b", "(?:a*)* aaa b", "(?:a|aa|a?)+b aaab aaa"})
    void matchesThisAndNotThat(String regexp, String yes, String no) throws BadPattern {
        assertTrue(matches(regexp, yes), yes);
        assertEquals(false, matches(regexp, no), no);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a**", "a{", "a}", "]", "[", "[a", "[b-a]", "[a-]", "[a&&b-c]", "[a--b&&c]", "[&&]",
        "[(]", "[a-\\d]", "[^\\q{ab}]", "\\a", "\\-", "\\x4", "\\u{110000}", "\\01", "\\c1", "\\p{Nope}", "\\pL",
        "(?a:b)", "(?ii:b)", "(?-:b)", "(?<1>b)", "(?<n>a)(?<n>b)", "(?:a", "^*", "\\b+", "a{2,1}", "a{,2}"})
    void thisIsNone(String regexp) {
        assertThrows(BadPattern.class, () -> matches(regexp, "a"), regexp);
    }

    @Test
    void anyCombinationOfOperatorsMatchesWhatTheJdkSays() throws BadPattern {
        Random random = new Random(14);
        int matched = 0;
        for (int i = 0; i < 2000; i++) {
            String regexp = random(random, 3);
            Pattern theirs = Pattern.compile(regexp);
            for (String text : new String[] {"", "a", "b", "ab", "ba", "aab", "abab", "bba", "aaaa"}) {
                boolean expected = theirs.matcher(text).matches();
                assertEquals(expected, matches(regexp, text), regexp + " on '" + text + "'");
                matched += expected ? 1 : 0;
            }
        }
        assertTrue(matched > 1000, "only " + matched + " matches were compared");
    }

    private static String random(Random random, int depth) {
        if (depth == 0) {
            return new String[] {"a", "b", "[ab]", "."}[random.nextInt(4)];
        }
        String one = random(random, depth - 1);
        return switch (random.nextInt(7)) {
            case 0 -> "(?:" + one + ")*";
            case 1 -> "(?:" + one + ")?";
            case 2 -> "(?:" + one + "){1,2}";
            case 3 -> "(?:" + one + ")+";
            case 4 -> "(?:" + one + "|" + random(random, depth - 1) + ")";
            default -> one + random(random, depth - 1);
        };
    }

    private static boolean matches(String regexp, String text) throws BadPattern {
        return Automaton.compile(RegexpParser.parse(regexp, new HashSet<>()), new StepMeter(INSTRUCTIONS))
            .matches(text, 0, new StepMeter(StepMeter.STEPS_MAX));
    }
}
