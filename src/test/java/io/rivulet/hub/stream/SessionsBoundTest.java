package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import io.rivulet.hub.stream.SessionsElsewhere.Here;
import io.rivulet.kit.Stub;
import io.rivulet.topic.TopicSpace;
import org.junit.jupiter.api.Test;

/** How many sessions of other nodes a node remembers. */
class SessionsBoundTest {

    private static final int KNOWN = 65_536;

    private final SessionsElsewhere sessions = new SessionsElsewhere(
        Stub.of(Here.class, (method, arguments) -> method.equals("moved") ? true : null),
        Stub.of(Nodes.class, (method, arguments) -> method.equals("self") ? 7 : null),
        (ms, task) -> { }, TopicSpace.of("https://hub.example/.well-known/mercure"));

    private void tell(int session) {
        JsonObject note = new JsonObject();
        note.addProperty("session", "s" + session);
        note.addProperty("term", 1);
        sessions.told(9, note);
    }

    @Test
    void ofAnyNumberTheLastThatWereToldAreRemembered() {
        for (int i = 0; i < KNOWN + 100; i++) {
            tell(i);
        }
        assertNull(sessions.home("s99"));
        assertNotNull(sessions.home("s100"));
        assertEquals(9, sessions.home("s" + (KNOWN + 99)).run());
    }
}
