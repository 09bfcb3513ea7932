package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors of Mercure 0.x that are URI templates (OLD-02, RFC 6570). */
class UriTemplateTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");

    /** The examples of RFC 6570, sections 1.2 and 3.2, with the values of section 3.2. */
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "{var} value", "{hello} Hello%20World%21", "{+var} value", "{+hello} Hello%20World!",
        "{+path}/here /foo/bar/here",
        "here?ref={+path} here?ref=/foo/bar", "X{#var} X#value", "X{#hello} X#Hello%20World!", "map?{x,y} map?1024,768",
        "{x,hello,y} 1024,Hello%20World%21,768", "{+x,hello,y} 1024,Hello%20World!,768",
        "{+path,x}/here /foo/bar,1024/here", "{#x,hello,y} #1024,Hello%20World!,768",
        "{#path,x}/here #/foo/bar,1024/here",
        "X{.var} X.value", "X{.x,y} X.1024.768", "{/var} /value", "{/var,x}/here /value/1024/here",
        "{;x,y} ;x=1024;y=768", "{;x,y,empty} ;x=1024;y=768;empty", "{?x,y} ?x=1024&y=768",
        "{?x,y,empty} ?x=1024&y=768&empty=", "?fixed=yes{&x} ?fixed=yes&x=1024", "{&x,y,empty} &x=1024&y=768&empty=",
        "{var:3} val", "{var:30} value", "{list} red,green,blue", "{list*} red,green,blue",
        "{keys} semi,%3B,dot,.,comma,%2C", "{keys*} semi=%3B,dot=.,comma=%2C", "{+path:6}/here /foo/b/here",
        "{+keys} semi,;,dot,.,comma,,", "{+keys*} semi=;,dot=.,comma=,", "{#path:6}/here #/foo/b/here",
        "X{.list*} X.red.green.blue", "X{.keys} X.semi,%3B,dot,.,comma,%2C", "{/var:1,var} /v/value",
        "{/list*} /red/green/blue", "{/list*,path:4} /red/green/blue/%2Ffoo", "{/keys*} /semi=%3B/dot=./comma=%2C",
        "{;hello:5} ;hello=Hello", "{;list} ;list=red,green,blue", "{;list*} ;list=red;list=green;list=blue",
        "{;keys*} ;semi=%3B;dot=.;comma=%2C", "{?var:3} ?var=val", "{?list} ?list=red,green,blue",
        "{?list*} ?list=red&list=green&list=blue", "{?keys*} ?semi=%3B&dot=.&comma=%2C", "{&var:3} &var=val",
        "{&keys} &keys=semi,%3B,dot,.,comma,%2C", "{/undef} ''", "{?x,undef} ?x=1024",
        "{;v,empty,who} ;v=6;empty;who=fred",
        "{x}{y} 1024768", "/books/{id} /books/", "{/a,b,c} /only", "{?a,b,c} ?c=3", "{a.b} x", "{%C3%A9} x"})
    void oldTwoATemplateMatchesWhatItCouldHaveMade(String template, String topic) {
        assertInstanceOf(TopicMatcher.Template.class, space.selector(template), template);
        assertTrue(space.selector(template).matches(topic), template + " and " + topic);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/books/{id} /books/1/reviews", "/books/{id} /Books/1", "/books/{id} /books/1?x", "/books/{id} /books/größe",
        "/books/{id} /books/%4", "/books/{id} /books/%zz", "/books/{id} x/books/1", "/books/{id}.json /books/1.xml",
        "{+path}/here /foo/bar/there", "X{#var} X?value", "X{.x,y} X.1024/768", "{;x,y} ;y=768;x=1024", "{;x} ;y=1",
        "{;x} x=1", "{?x,y} ?x=1024;y=768", "{?x} ?x", "{?x} ?z=1", "?fixed=yes{&x} ?fixed=no&x=1", "{var:3} value",
        "{var:1} %41%42", "{/a,b} /1/2/3", "{/a} /1/2", "{&x} ?x=1", "{x} a=b"})
    void oldTwoATemplateMatchesNothingElse(String template, String topic) {
        assertInstanceOf(TopicMatcher.Template.class, space.selector(template), template);
        assertFalse(space.selector(template).matches(topic), template + " and " + topic);
    }

    @Test
    void oldTwoALengthCountsCharactersNotBytes() {
        assertTrue(space.selector("{name:2}").matches("%E2%82%AC%C3%A9"));
        assertFalse(space.selector("{name:2}").matches("%E2%82%AC%C3%A9a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "{}", "a{b", "a}b", "{a}}", "{=a}", "{,a}", "{!a}", "{@a}", "{|a}", "{a,}",
        "{a b}", "{a-b}", "{a:0}", "{a:10000}", "{a:}", "{a*:3}", "{a%4}", "{.}", "{a..b}", "{a.}", "x y{a}", "%4{a}",
        "\"{a}", "<{a}>", "a\\{b}", "no template"})
    void oldTwoWhatIsNoTemplateMatchesItselfAlone(String text) {
        assertNull(UriTemplate.parse(text), text);
        assertEquals(new TopicMatcher.Exact(text), space.selector(text));
        assertTrue(space.selector(text).matches(text));
        assertFalse(space.selector(text).matches("x"));
    }

    @Test
    void oldTwoATemplateMatchesItsOwnTextAndTheStarEverything() {
        assertTrue(space.selector("/books/{id}").matches("/books/{id}"));
        assertFalse(space.selector("/books/{id}").matches("/books/{no}"));
        assertTrue(space.selector("*").matches("/books/{no}"));
    }

    @Test
    void oldTwoSubscriptionsOfTheHubItselfAreMatchedAsClientsOfMercureWriteThem() {
        TopicMatcher all = space.selector("/.well-known/mercure/subscriptions{/topic}{/subscriber}");
        assertTrue(all.matches("/.well-known/mercure/subscriptions/https%3A%2F%2Fe.com%2F1/urn%3Auuid%3A1"));
        assertTrue(all.matches("/.well-known/mercure/subscriptions"));
        assertFalse(all.matches("/.well-known/mercure/subscriptions/a/b/c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"quotes/{name} quotes/", "quotes/{name} quotes/A%4", "{x}/a quotes/",
        "quotes/{name} quo", "{+x} anything", "{a{ {a", "/{a}/{b} /x/y"})
    void aBeginningThatATemplateCouldMakeMayMatch(String template, String beginning) {
        assertTrue(space.selector(template).mayMatchBeginning(beginning));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"quotes/{name} clock", "{x} quotes/", "quotes/{name} quotes/a/",
        "/{a}/{b} /x/y/z", "{x} a%zz", "{a{ b"})
    void aBeginningThatNoneCouldMakeDoesNot(String template, String beginning) {
        assertFalse(space.selector(template).mayMatchBeginning(beginning));
    }

    @Test
    void subSixteenHostileTextCostsABoundedNumberOfSteps() {
        TopicMatcher hostile = space.selector("{a}{b}{c,d}{e*}".repeat(270) + "!");
        assertInstanceOf(TopicMatcher.Template.class, hostile);
        assertTimeout(Duration.ofSeconds(2), () -> assertFalse(hostile.matches("a".repeat(4_096) + "!")));
        assertTrue(space.selector("{a}{b}{c,d}{e*}!").matches("a".repeat(4_096) + "!"), "it is the cost");
        assertTrue(space.selector("{a:30}{b:30}").matches("a".repeat(45)));
    }

    @Test
    void aThousandCountedCharactersAreAllThatATemplateCosts() {
        TopicMatcher counted = space.selector("{a:900}");
        assertTrue(counted.matches("x".repeat(900)));
        assertFalse(counted.matches("x".repeat(901)));
        assertTrue(space.selector("{a:9999}{b:9999}").matches("x".repeat(2_000)), "above that lengths do not count");
    }
}
