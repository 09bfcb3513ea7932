package io.rivulet.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL Pattern matches; the browser's own is asked in {@code UrlPatternInBrowserIT}. */
class UrlPatternTest {

    private static final Url HUB = Url.parse("https://hub.example/.well-known/mercure", null);

    @ParameterizedTest(name = "SUB-14: {0} matches {1} and not {2}")
    @CsvSource(delimiter = ' ', value = {
        "https://a.example/books/:id https://a.example/books/1 https://a.example/books/1/2",
        "https://A.Example/b https://a.EXAMPLE/b https://a.example/B",
        "https://*.example/* https://x.y.example/z https://example/z",
        "https://:sub.example/ https://x.example/ https://x.y.example/",
        "https://a.example/ https://a.example/?q#f https://a.example/x",
        "https://a.example:443/ https://a.example/ https://a.example:444/",
        "https://a.example:*/ https://a.example:444/ http://a.example/",
        "http{s}?://a.example/ http://a.example/ ws://a.example/",
        "/books/:id(\\d+) /books/12 /books/x",
        "/books/:id? /books /books/",
        "/books/:id+ /books/1/2 /books",
        "/books/:id* /books /books/1/",
        "/books{/old}? /books/old /books/older",
        "/{a-:x,}* /a-1,a-2, /a-1,a-2",
        "/a\\* /a* /ab",
        "/a?x=* /a?x=1 /a?y=1",
        "/a#:part /a#b /a#", "foo\\://a/?x'y* foo://a/?x'yz foo://a/?x",
        "/ä/b%41 /%C3%A4/b%41 /ä/bA",
        "/a/./b/../c /a/c /a/b/c",
        "?page=:n /.well-known/mercure?page=2 /x?page=2",
        "books/* /.well-known/books/1 /books/1",
        "#x /.well-known/mercure#x /.well-known/mercure#y",
        "* /.well-known/x /x",
        "foo\\:a:b foo:ac foo:/ac",
        "urn\\:{/}?a\\:* urn:a:b urn:b:a",
        "https://[\\:\\:1]/ https://[::1]/ https://[::2]/",
        "https://*\\:pw@a.example/ https://u:pw@a.example/ https://u@a.example/"})
    void sub14MatchesThisAndNotThat(String pattern, String yes, String no) throws BadPattern {
        Url base = pattern.startsWith("foo") ? Url.parse("bar:x", null) : HUB;
        UrlPattern compiled = UrlPattern.compile(pattern, base);
        assertTrue(compiled.matches(Url.parse(yes, HUB)), yes);
        assertFalse(compiled.matches(Url.parse(no, HUB)), no);
    }

    @ParameterizedTest(name = "SUB-07: {0} is no pattern, {1} is one")
    @CsvSource(delimiter = ' ', value = {"/a( /a\\(", "/{a /{a}", "/a} /a\\}", "/:a/:a /:a/:b", "/+ /\\+",
        "/() /(a)", "/(?:a) /((?:a))", "/((a)) /((?:a))", "/([a) /([a])", "/(a{2,1}) /(a{1,2})", "/(ä) /(\\u00e4)",
        "https://a{b://c https://a{b}c", "https://a.example:65536/ https://a.example:65535/", "/\\ /\\\\",
        "https://a|b/ https://ab/", "https://[g]/ https://[a]/", "/{a:b:c} /{a:b}", "/(\\p{No_Such}) /(\\p{L})",
        "/(a** /(a*)*", "/(\\1) /(1)", "/(\\k<a>) /(k)", "/((?=a)a) /(a)", "/((?!a)b) /(b)", "/(a(?<=a)) /(a)",
        "/(a(?<!b)) /(a)", "/(a{9999}) /(a{99})", "/((?:a{99}){99}) /((?:a{9}){9})", "/((?:){999999999}) /((?:){9})"})
    void sub07TheFaultAloneIsRefused(String bad, String good) throws BadPattern {
        assertThrows(BadPattern.class, () -> UrlPattern.compile(bad, HUB), bad);
        UrlPattern.compile(good, HUB);
    }

    @Test
    void aRelativePatternNeedsABase() throws BadPattern {
        assertThrows(BadPattern.class, () -> UrlPattern.compile("/a", null));
        UrlPattern.compile("https://a.example/a", null);
    }

    @Test
    void deepNestingIsRefusedAndNoStackOverflows() throws BadPattern {
        assertThrows(BadPattern.class, () -> UrlPattern.compile("/(" + nested("(?:", 4000, ")") + ")", HUB));
        assertThrows(BadPattern.class, () -> UrlPattern.compile("/(" + nested("[", 4000, "]") + ")", HUB));
        UrlPattern.compile("/(" + nested("(?:", 90, ")") + nested("[", 90, "]") + ")", HUB);
    }

    @ParameterizedTest
    @CsvSource({"https://a.example/books/:id, https://a.example/books/", "https://a.example/b*, https://a.example/b",
        "https://a.example/, https://a.example/", "https://a.example/books/:id?, https://a.example/books",
        "https://a.example/books{/x}+, https://a.example/books/x", "https://*.example/b, https://",
        "https://a.example:*/b, https://a.example", "https://a.example:8443/b/(x|y), https://a.example:8443/b/",
        "http{s}?://a.example/b, ''", "*, https://hub.example/.well-known/", "/A b/:x, https://hub.example/A%20b/",
        "foo\\://a/b*, foo://a/b", "foo\\:///b*, foo:///b", "?x=:y, https://hub.example/.well-known/mercure"})
    void itsLiteralPrefixIsWhatEveryMatchBeginsWith(String pattern, String prefix) throws BadPattern {
        assertEquals(prefix, UrlPattern.compile(pattern, HUB).literalPrefix());
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo:a", "foo:/a", "foo:///a", "foo:"})
    void theLiteralPrefixHoldsWithAHostAndWithout(String input) throws BadPattern {
        Url url = Url.parse(input, null);
        for (String pattern : List.of("foo\\:" + url.path(), "foo\\:*", "foo\\://*/*", "foo\\://*", "foo\\:a{/b}?")) {
            UrlPattern compiled = UrlPattern.compile(pattern, Url.parse("bar:x", null));
            assertTrue(!compiled.matches(url) || url.key().startsWith(compiled.literalPrefix()), pattern);
        }
        assertTrue(UrlPattern.compile("foo\\:" + url.path(), Url.parse("bar:x", null)).matches(url));
    }

    @Test
    void patternsAreEqualByTextAndBase() throws BadPattern {
        UrlPattern one = UrlPattern.compile("/a", HUB);
        assertEquals(one, UrlPattern.compile("/a", Url.parse(HUB.href(), null)));
        assertEquals(one.hashCode(), UrlPattern.compile("/a", HUB).hashCode());
        assertNotEquals(one, UrlPattern.compile("/b", HUB));
        assertNotEquals(one, UrlPattern.compile("/a", Url.parse("https://b.example/", null)));
        assertEquals("/a", one.toString());
    }

    private static String nested(String open, int times, String close) {
        return open.repeat(times) + "a" + close.repeat(times);
    }
}
