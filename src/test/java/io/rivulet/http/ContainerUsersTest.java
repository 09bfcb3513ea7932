package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users whom the container itself let in have the rights of their roles, and browsers show them by themselves. */
class ContainerUsersTest {

    private static final String POST = "POST /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded";
    private static final String OWN = "\nOrigin: http://localhost:8080";

    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = Door.with("role.editor.publish", "news,/books/{id}", "role.admin.operate", "true");
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void aRoleMayPublishWhatItsSettingsSayFromTheHubsOwnPages() throws Exception {
        String ann = "\nTest-User: ann editor";
        assertEquals(200, door.send(POST + ann + OWN, "topic=news").getStatus());
        assertEquals(200, door.send(POST + ann + OWN + "\nAuthorization: Basic YW5uOng=", "topic=/books/1")
            .getStatus());
        assertEquals(403, door.send(POST + ann + OWN, "topic=other").getStatus());
        HttpTester.Response foreign = door.send(POST + ann + "\nOrigin: https://evil.example", "topic=news");
        assertEquals(400, foreign.getStatus());
        assertTrue(foreign.get("WWW-Authenticate").contains("invalid_request"));
        assertEquals(400, door.send(POST + ann, "topic=news").getStatus());
    }

    @Test
    void aUserWithoutAMappedRoleIsNobodyInParticular() throws Exception {
        assertEquals(401, door.send(POST + "\nTest-User: bob guest" + OWN, "topic=news").getStatus());
        assertEquals(401, door.send(POST + OWN, "topic=news").getStatus());
        assertTrue(door.head("/.well-known/mercure?match=news HTTP/1.1\r\nTest-User: bob guest\r\nX-Rest: ")
            .startsWith("HTTP/1.1 200"));
    }

    @Test
    void operatingWithALoginNeedsTheOriginToo() throws Exception {
        String olga = "\nTest-User: olga admin";
        assertEquals(200, door.send("GET /api/connections" + olga, "").getStatus());
        assertEquals(403, door.send("GET /api/connections\nTest-User: ann editor", "").getStatus());
        String ban = "POST /api/bans?kind=subject&issuer=container&value=bob";
        assertEquals(400, door.send(ban + olga, "").getStatus());
        assertEquals(204, door.send(ban + olga + OWN, "").getStatus());
    }

    @Test
    void aTokenBesideTheLoginDecides() throws Exception {
        assertEquals(401, door.send(POST + "\nTest-User: ann editor" + OWN + Tokens.bearer(Tokens.of("ann", "news")),
            "topic=news").getStatus());
    }
}
