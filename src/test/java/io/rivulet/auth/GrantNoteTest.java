package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonParser;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one node has found of a token grants the same at another one. */
class GrantNoteTest {

    private final TopicSpace here = TopicSpace.of("https://hub/.well-known/mercure");
    private final TopicSpace there = TopicSpace.of("https://hub/.well-known/mercure");

    private Grant atAnother(Grant grant) {
        return GrantNote.read(JsonParser.parseString(GrantNote.of(grant).toString()).getAsJsonObject(), there);
    }

    @Test
    void aGrantIsTheSameAtAnotherNode() {
        GrantedTopics some = GrantedTopics.of(List.of(here.exact("news"), here.urlPattern("/books/:id"),
            here.selector("jobs/{id}"), here.written("quotes/*"), here.exact("{braces}")));
        Grant grant = new Grant("https://issuer", "ann", "jti", some, GrantedTopics.ALL,
            List.of(new Grant.Payload(some, "{\"a\":1}"), new Grant.Payload(GrantedTopics.NONE, null)), true,
            1_700_000_000_000L, true, GrantedTopics.of(List.of(here.exact("run"))));
        assertEquals(grant, atAnother(grant));
        for (Grant one : List.of(Grant.ANONYMOUS, Grant.DEV, Grant.INTERNAL)) {
            assertEquals(one, atAnother(one));
        }
    }

    @Test
    void aKindOfMatcherThatIsNotKnownIsRefused() {
        TopicMatcher exact = here.exact("news");
        Grant grant = Grant.of("https://issuer", "ann", GrantedTopics.of(List.of(exact)), GrantedTopics.NONE, false);
        String later = GrantNote.of(grant).toString().replace("\"exact\"", "\"later\"");
        assertThrows(Refused.class, () -> GrantNote.read(JsonParser.parseString(later).getAsJsonObject(), there));
    }
}
