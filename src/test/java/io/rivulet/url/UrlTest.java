package io.rivulet.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text is as a URL: as a browser reads it. */
class UrlTest {

    private static final Url HUB = Url.parse("https://hub.example/.well-known/mercure", null);

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
        "HTTPS://EXAMPLE.com:443/a/../b/%2e%2E/c?x=1#f > https://example.com/c?x=1#f",
        "https:\\\\a.example\\b > https://a.example/b",
        "https:////a.example//b > https://a.example//b",
        "https://u:p@w@a.example:8443/ > https://u:p%40w@a.example:8443/",
        "https://a.example:/ > https://a.example/",
        "https://a.example:00080/ > https://a.example:80/",
        "ws://a.example:80?q > ws://a.example/?q",
        "foo://A.example:80 > foo://A.example:80",
        "foo:/a/./b/.. > foo:/a/",
        "foo:/.//a > foo:/.//a",
        "urn:uuid:A-b%2e > urn:uuid:A-b%2e",
        "urn:a b  ?c > urn:a b %20?c",
        "data:text/plain,ä > data:text/plain,%C3%A4",
        "https://a.example/ü \"<^`{}'|[] > https://a.example/%C3%BC%20%22%3C%5E%60%7B%7D'|[]",
        "https://a.example/?ü \"<^`{}'| > https://a.example/?%C3%BC%20%22%3C^`{}%27|",
        "https://a.example/#ü \"<^`{}' > https://a.example/#%C3%BC%20%22%3C^%60{}'",
        "https://a.example/%zz%4 > https://a.example/%zz%4",
        "file:///C|/x/../../y > file:///C:/y",
        "file://localhost/x > file:///x"})
    void anAbsoluteUrlIsMadeCanonical(String input, String href) {
        assertEquals(href, Url.parse(input, null).href());
        assertEquals(href, Url.parse(href, null).href(), "what is canonical stays");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
        "books/1 > https://hub.example/.well-known/books/1",
        "/books/1 > https://hub.example/books/1",
        "../../a > https://hub.example/a",
        "./a/. > https://hub.example/.well-known/a/",
        "\\a > https://hub.example/a",
        "//b.example/x > https://b.example/x",
        "?q > https://hub.example/.well-known/mercure?q",
        "#f > https://hub.example/.well-known/mercure#f",
        "`` > https://hub.example/.well-known/mercure",
        "https:x > https://hub.example/.well-known/x",
        "http:x > http://x/",
        "a:b > a:b",
        "1:b > https://hub.example/.well-known/1:b"})
    void aReferenceIsResolved(String input, String href) {
        assertEquals(href, Url.parse(input, HUB).href());
    }

    @Test
    void tabsAndLineBreaksGoAndSoDoBlanksAtTheEnds() {
        assertEquals("https://a.example/bc", Url.parse(" \u0001https://a.exa\tmple/b\r\nc \u0000", null).href());
    }

    @ParameterizedTest
    @CsvSource({"0x7f.1, 127.0.0.1", "017.0.0.1, 15.0.0.1", "4294967295, 255.255.255.255", "1.2.3.4., 1.2.3.4",
        "[::1], [::1]", "[1:0:0:2:0:0:0:3], [1:0:0:2::3]", "[::FFFF:1.2.3.4], [::ffff:102:304]",
        "[1:2:3:4:5:6:7::], [1:2:3:4:5:6:7:0]", "a%41.example, aa.example", "A_b.example, a_b.example",
        "M\u00fcnchen.example, xn--mnchen-3ya.example", "fa\u00df.example, xn--fa-hia.example",
        "xn--mnchen-3ya.example, xn--mnchen-3ya.example", "a\u3002example, a.example",
        "\uff21.example, a.example", "a\u00adb.example, ab.example", "1.2.3.4.a, 1.2.3.4.a"})
    void aHostIsMadeCanonical(String host, String hostname) {
        assertEquals(hostname, Url.parse("https://" + host + "/", null).hostname());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://", "https://:80/", "https://a.example:65536/", "https://a.example:8o/",
        "https://@/", "https://a b/", "https://a|b/", "https://a%/", "https://a%20b/", "https://a\u0001b/",
        "https://1.2.3.4.5/", "https://1.2.3.256/", "https://a.09/", "https://[::1/", "https://[1:2]/",
        "https://[1::2::3]/", "https://[1:2:3:4:5:6:7:8:9]/", "https://[::1.2.3]/", "https://[::01.2.3.4]/",
        "https://[12345::]/", "https://xn--\u00e4/", "https://xn--a-/", "https://\u0301a/", "https://\u00ad/",
        "foo://a b/", "foo://[x]/"})
    void thisIsNoUrl(String input) {
        assertNull(Url.parse(input, HUB), input);
    }

    @Test
    void withoutABaseOnlyWhatHasASchemeIsAUrl() {
        assertNull(Url.parse("/a", null));
        assertEquals("a:/a", Url.parse("a:/a", null).href());
    }

    @Test
    void nothingButAFragmentIsRelativeToAnOpaquePath() {
        Url urn = Url.parse("urn:a:b?q#f", null);
        assertEquals("urn:a:b?q#g", Url.parse("#g", urn).href());
        assertNull(Url.parse("x", urn));
        assertNull(Url.parse("?x", urn));
        assertNull(Url.parse("", urn));
    }

    @Test
    void itsParts() {
        Url url = Url.parse("https://u:p@a.example:8443/b?c#d", null);
        assertEquals("https u p a.example 8443 /b c d", String.join(" ", url.scheme(), url.username(), url.password(),
            url.hostname(), url.port(), url.path(), url.query(), url.fragment()));
        Url bare = Url.parse("urn:b", null);
        assertEquals("urn      b  ", String.join(" ", bare.scheme(), bare.username(), bare.password(),
            bare.hostname(), bare.port(), "", bare.path(), bare.query(), bare.fragment()));
    }

    @ParameterizedTest
    @CsvSource({"https://u:p@A.example:443/b?c#d, https://a.example/b", "https://a.example:81, https://a.example:81/",
        "urn:a:b?c, urn:a:b", "foo:/a, foo:///a", "foo:///a, foo:///a", "foo://a, foo://a"})
    void itsKeyIsWhatAnIndexComparesWith(String input, String key) {
        assertEquals(key, Url.parse(input, null).key());
    }

    @Test
    void equalUrlsAreEqual() {
        assertEquals(Url.parse("https://A.example", null), Url.parse("https://a.example/", null));
        assertEquals(Url.parse("https://A.example", null).hashCode(), Url.parse("https://a.example/", null).hashCode());
        assertNotEquals(Url.parse("https://a.example?", null), Url.parse("https://a.example", null));
    }

    @Test
    void halfOfACharacterBecomesTheReplacementCharacter() {
        assertEquals("https://a.example/%EF%BF%BDx", Url.parse("https://a.example/\ud83dx", null).href());
        assertEquals("https://a.example/%F0%9F%98%80", Url.parse("https://a.example/\ud83d\ude00", null).href());
    }
}
