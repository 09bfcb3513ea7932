package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import io.rivulet.auth.Use;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the details of a 1.0 token grant (Mercure 1.0, AD-01 to AD-06, ACT-05). */
class TokenRightsTest {

    private final Tokens hub = Tokens.with();

    private static Jwt with(String members) {
        return Jwt.v1().detail(members);
    }

    @Test
    void AD01_onlyMercuresOwnTypeIsReadByteByByte() {
        String members = "'actions':['publish'],'topics':[{'match':'a'}]}";
        assertTrue(hub.accept(Jwt.v1().anyDetail("{'type':'https://mercure.rocks/authorization-detail'," + members))
            .mayPublish(List.of("a")));
        for (String type : List.of("https://mercure.rocks/authorization-detail/", "payment",
            "HTTPS://mercure.rocks/authorization-detail", "http://mercure.rocks/authorization-detail", "")) {
            assertTrue(hub.accept(Jwt.v1().anyDetail("{'type':'" + type + "'," + members)).publishes().isNone(), type);
        }
        hub.accept(Jwt.v1().anyDetail("{'type':'payment','actions':7,'topics':'all','payload':[]}"));
        hub.refuse("authorization_details[0] is no object", Jwt.v1().anyDetail("'publish'"));
        hub.refuse("authorization_details is no array", Jwt.v1().claimJson("authorization_details", "{}"));
    }

    @Test
    void AD02_anUnknownActionGrantsNothingAndOneThatIsNoStringIsInvalid() {
        Grant grant = hub.accept(with("'actions':['read','publish'],'topics':[{'match':'a'}]"));
        assertTrue(grant.mayPublish(List.of("a")) && grant.subscribes().isNone());
        assertTrue(hub.accept(with("'actions':['Publish'],'topics':[{'match':'a'}]")).publishes().isNone());
        for (String bad : List.of("[]", "'publish'", "null", "{}")) {
            hub.refuse("actions is no array, or an empty one", with("'actions':" + bad + ",'topics':[{'match':'a'}]"));
        }
        hub.refuse("actions is no array", with("'topics':[{'match':'a'}]"));
        hub.refuse("actions has an entry that is no string", with("'actions':['publish',1],'topics':[{'match':'a'}]"));
        hub.refuse("actions has an entry", with("'actions':['publish',null],'topics':[{'match':'a'}]"));
    }

    @Test
    void theActionCancelIsForTheEndOfTopicsAlone() {
        Grant grant = hub.accept(with("'actions':['subscribe','cancel'],'topics':[{'match':'run/1'}]"));
        assertTrue(grant.mayCancel("run/1") && grant.publishes().isNone());
        assertFalse(grant.mayCancel("run/2"));
        assertFalse(hub.accept(with("'actions':['subscribe'],'topics':[{'match':'run/1'}]")).mayCancel("run/1"));
        assertTrue(hub.accept(with("'actions':['publish'],'topics':[{'match':'run/1'}]")).mayCancel("run/1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "[] | topics is no array, or an empty one", "'a' | topics is no array", "null | topics is no array",
        "['a'] | topics[0] is no object with match", "[null] | topics[0] is no object", "[{}] | topics[0] has no match",
        "[{'match':'a\\u200bb'}] | topics[0].match holds the character U+200B at index 1",
        "[{'match':'a\\nb'}] | holds the character U+000A", "[{'match':'a\\u202e','match_type':'urlpattern'}] | U+202E",
        "[{'match':1}] | has no match", "[{'match':''}] | has no match",
        "[{'match':'a','match_type':'regexp'}] | match_type is none", "[{'match':'a','match_type':'Exact'}] | is none",
        "[{'match':'a','match_type':null}] | match_type is none",
        "[{'match':'/(?=x)','match_type':'urlpattern'}] | is no URL pattern that this hub reads",
        "[{'match':'a'},{'match':'/(','match_type':'urlpattern'}] | topics[1].match is no URL pattern"})
    void AD03_oneBadMatcherMakesTheWholeTokenInvalid(String topics, String reason) {
        hub.accept(with("'actions':['publish'],'topics':[{'match':'a','match_type':'exact'}]"));
        hub.refuse(reason, with("'actions':['publish'],'topics':" + topics));
        hub.refuse(reason, Jwt.granting("good").detail("'actions':['unknown'],'topics':" + topics));
    }

    @Test
    void AD03_matchersAreExactOrUrlPatternsAndTheStarIsAll() {
        Grant exact = hub.accept(with("'actions':['subscribe'],'topics':[{'match':'/books/{id}'}]"));
        assertTrue(exact.maySeePrivate(List.of("/books/{id}")));
        assertFalse(exact.maySeePrivate(List.of("/books/1")));
        Grant pattern = hub.accept(
            with("'actions':['subscribe'],'topics':[{'match':'/books/:id','match_type':'urlpattern'}]"));
        assertTrue(pattern.maySeePrivate(List.of("https://localhost/books/1")));
        assertFalse(pattern.maySeePrivate(List.of("https://elsewhere/books/1")));
        assertTrue(hub.accept(with("'actions':['subscribe'],'topics':[{'match':'*'}]")).readsAll());
        assertTrue(hub.accept(with("'actions':['subscribe'],'topics':[{'match':'*','match_type':'urlpattern'}]"))
            .readsAll());
    }

    @Test
    void AD04_aMatcherHas4096BytesAtMost() {
        hub.accept(with("'actions':['publish'],'topics':[{'match':'" + "x".repeat(4_096) + "'}]"));
        hub.refuse("match has 4097 bytes; at most 4096",
            with("'actions':['publish'],'topics':[{'match':'" + "x".repeat(4_095) + "é'}]"));
    }

    @Test
    void AD05_aPayloadIsAnObject() {
        Grant grant = hub.accept(with("'actions':['subscribe'],'topics':[{'match':'a'}],'payload':{'name':'Ann'}"));
        assertEquals("{\"name\":\"Ann\"}", grant.payload("a"));
        for (String bad : List.of("'Ann'", "[]", "1", "true")) {
            hub.refuse("payload is no object",
                with("'actions':['subscribe'],'topics':[{'match':'a'}],'payload':" + bad));
        }
        assertNull(hub.accept(with("'actions':['publish'],'topics':[{'match':'a'}],'payload':{}")).payload("a"));
    }

    @Test
    void ACT05_theFirstDetailThatFitsDecidesAlsoWhenItHasNone() {
        Grant grant = hub.accept(Jwt.v1()
            .detail("'actions':['publish'],'topics':[{'match':'*'}],'payload':{'n':0}")
            .detail("'actions':['subscribe'],'topics':[{'match':'a'}],'payload':{'n':1}")
            .detail("'actions':['subscribe'],'topics':[{'match':'b'}]")
            .detail("'actions':['subscribe'],'topics':[{'match':'*'}],'payload':{'n':3}"));
        assertEquals("{\"n\":1}", grant.payload("a"));
        assertNull(grant.payload("b"));
        assertEquals("{\"n\":3}", grant.payload("c"));
    }

    @Test
    void AD06_aTokenWithoutDetailsIsGoodAndGrantsNothing() {
        for (Jwt token : List.of(Jwt.v1(), Jwt.v1().claimJson("authorization_details", "[]"),
            Jwt.v1().claimJson("mercure", "{'publish':['*']}"))) {
            Grant grant = hub.accept(token);
            assertTrue(grant.publishes().isNone() && grant.subscribes().isNone() && !grant.operates());
        }
    }

    @Test
    void operatingIsADetailOfThisHubsOwn() {
        String detail = "{'type':'urn:rivulet:authorization-detail','actions':['operate']}";
        assertTrue(hub.accept(Jwt.v1().anyDetail(detail)).operates());
        assertFalse(hub.accept(Jwt.v1().anyDetail(detail.replace("operate", "watch"))).operates());
        assertFalse(hub.accept(with("'actions':['operate'],'topics':[{'match':'*'}]")).operates());
        hub.refuse("actions has an entry that is no string",
            Jwt.v1().anyDetail("{'type':'urn:rivulet:authorization-detail','actions':[1]}"));
    }

    @Test
    void keysApartGrantOnlyWhatTheyAreGoodFor() {
        try (Tokens apart = Tokens.only("token.p.issuer", Jwt.ISSUER, "token.p.key", Keys.publicPem("rsa"),
            "token.p.use", "publish", "token.s.issuer", Jwt.ISSUER, "token.s.key", Jwt.SECRET, "token.s.use",
            "subscribe")) {
            Jwt token = Jwt.granting("a")
                .anyDetail("{'type':'urn:rivulet:authorization-detail','actions':['operate']}");
            String publisher = token.sign("RS256", Keys.pair("rsa").getPrivate());
            String subscriber = token.sign("HS256", Jwt.HMAC);
            Grant publishing = apart.verifier.verify(publisher, Use.PUBLISH);
            assertTrue(publishing.mayPublish(List.of("a")) && publishing.subscribes().isNone());
            Grant reading = apart.verifier.verify(subscriber, Use.SUBSCRIBE);
            assertTrue(reading.maySeePrivate(List.of("a")) && reading.publishes().isNone());
            assertFalse(publishing.operates() || reading.operates());
            apart.refuse("its algorithm is not one of those of rivulet.token.p", subscriber, Use.PUBLISH);
            apart.refuse("its algorithm is not one of those of rivulet.token.s", publisher, Use.SUBSCRIBE);
            apart.refuse("its issuer has no keys that are good to operate", publisher, Use.OPERATE);
        }
    }
}
