package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.rivulet.browser.PatternPairs.Pair;
import io.rivulet.url.BadPattern;
import io.rivulet.url.Url;
import io.rivulet.url.UrlPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** SUB-14: our URL Patterns against the browser's own {@code URLPattern}, pair by pair. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class UrlPatternInBrowserIT {

    /** T: matches, F: does not, I: the pattern is invalid. */
    private static final String ASK = "(pairs => pairs.map(({pattern, input, base}) => { try {"
        + " return new URLPattern(pattern, base).test(input, base) ? 'T' : 'F' } catch { return 'I' } }).join(''))(%s)";

    private static Tab tab;

    @BeforeAll
    static void launch() {
        tab = Pages.chromium().tab();
    }

    @AfterAll
    static void end() {
        if (tab != null) {
            tab.close();
        }
    }

    @Test
    void sub14EveryPairOfTheTableIsAsTheBrowserSays() {
        String answers = compare(PatternPairs.table());
        for (char answer : "TFI".toCharArray()) {
            long count = answers.chars().filter(c -> c == answer).count();
            assertTrue(count >= 100, "only " + count + " of " + answers.length() + " answers are " + answer);
        }
    }

    @Test
    void sub14EveryGeneratedPairIsAsTheBrowserSays() {
        String answers = compare(PatternPairs.generated(1000));
        assertTrue(answers.chars().filter(c -> c == 'T').count() > 200, answers);
    }

    /** What only a back-tracking engine can match is valid there, and refused here (400). */
    @Test
    void sub07LookAroundAndBackReferencesAreTheOnlyValidPatternsThatAreRefused() {
        for (String regexp : List.of("(?=a)a", "(?!b)a", "a(?<=a)", "a(?<!b)", "\\1", "(?<n>a)\\k<n>")) {
            String pattern = "/(" + regexp + ")";
            Pair pair = new Pair(pattern, "/x", PatternPairs.HUB);
            assertEquals("F", browsers(List.of(pair)), pattern + " is valid");
            Url hub = Url.parse(PatternPairs.HUB, null);
            assertThrows(BadPattern.class, () -> UrlPattern.compile(pattern, hub), pattern);
        }
    }

    /** Where Chromium leaves the standards, ours does not; it may come back to them, so only our answer is asserted. */
    @Test
    void sub14WhereTheBrowserLeavesTheStandardsOursDoesNot() {
        // the path percent-encode set has no bar; Chromium encodes it
        assertOurs("F", "/a%7Cb", "/a|b");
        // a host may not have a blank; Chromium makes %20 of it
        assertOurs("F", "https://*/", "https://a b/");
        // opaque hosts keep an asterisk, and a pattern's text is one of them; Chromium encodes it in the pattern
        assertOurs("T", "foo://a\\*/", "foo://a*/");
        // only the mark that begins the search is dropped; Chromium drops it from the beginning of every piece of text
        assertOurs("T", "/a?(b)\\?y", "/a?b?y");
        // a file's URL may end after its host; Chromium refuses it
        assertOurs("T", "file://a.example/", "file://a.example");
        // "xn--" alone is no label; Chromium takes it
        assertOurs("I", "https://xn--/", "https://xn--/");
        // a protocol that can be "chrome" or "devtools" is special in Chromium, and a hostname follows it
        assertOurs("T", "([a-c]):i:-x", "bx:/.well-known/-x");
        // without regard to case a string of one letter is a letter; V8 compares it as it is written
        assertOurs("T", "/((?i:[\\q{b}]))", "/B");
        // Chromium's engine gives up after some thousands of steps back; ours goes on, and has no such steps
        assertOurs("T", "/:c***/*(\\p{L}+)hub.example", "/barbarbar/bAra-bhub.example");
    }

    private static void assertOurs(String answer, String pattern, String input) {
        assertEquals(answer, ours(new Pair(pattern, input, PatternPairs.HUB)), pattern + " with " + input);
    }

    /** The browser's answers, which are ours. */
    private static String compare(Collection<Pair> pairs) {
        String answers = browsers(pairs);
        List<String> differences = new ArrayList<>();
        int i = 0;
        for (Pair pair : pairs) {
            String theirs = answers.substring(i, ++i);
            if (!ours(pair).equals(theirs)) {
                differences.add("ours " + ours(pair) + ", the browser's " + theirs + ": " + pair);
            }
        }
        assertEquals(List.of(), differences, String.join("\n", differences));
        return answers;
    }

    private static String browsers(Collection<Pair> pairs) {
        return tab.eval(ASK.formatted(new Gson().toJson(pairs)));
    }

    private static String ours(Pair pair) {
        Url base = Url.parse(pair.base(), null);
        try {
            UrlPattern pattern = UrlPattern.compile(pair.pattern(), base);
            Url input = Url.parse(pair.input(), base);
            if (input == null || !pattern.matches(input)) {
                return "F";
            }
            assertTrue(input.key().startsWith(pattern.literalPrefix()), pair + " and " + pattern.literalPrefix());
            String text = input.key() + '?' + input.search() + '#' + input.fragment();
            for (String literal : pattern.literals()) {
                // a slash at its ends may stand for the end of a part
                assertTrue(text.contains(literal.replaceAll("^/|/$", "")), pair + " and " + literal);
            }
            return "T";
        } catch (BadPattern e) {
            return "I";
        }
    }
}
