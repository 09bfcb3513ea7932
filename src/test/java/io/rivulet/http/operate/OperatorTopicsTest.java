package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.http.updates.Door;
import io.rivulet.hub.publish.Publication;
import io.rivulet.mercure.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** Topics below {@code rivulet/}: the hub alone publishes there, and only those who operate it read there. */
class OperatorTopicsTest {

    private static final String[] BELIEVING = {"resource", "http://localhost/.well-known/mercure", "token.issuer",
        Token.ISSUER, "token.key", Token.SECRET};

    private static String bearer(String... words) {
        return "\nAuthorization: Bearer " + TokenCommand.run(List.of(words), Settings.with(BELIEVING), Instant.now(),
            warning -> { });
    }

    private static void tell(Door door, String topic, String data) {
        Event event = Event.on(topic).data(data).build();
        door.hub.publish(new Publication(List.of(event), Grant.INTERNAL, null)).join();
    }

    @Test
    void anOperatorReadsThemWithoutAnyOtherRight() throws Exception {
        try (Door door = Door.with(BELIEVING);
             Door.Reading one = door.reading("GET /api/updates?topic=rivulet/rates&envelope=json"
                 + bearer("--operate"));
             Door.Reading all = door.reading("GET /api/updates?topic=*" + bearer("--operate"))) {
            one.awaitLine("event: rivulet.hello");
            all.awaitLine("event: rivulet.hello");
            assertEquals(1, door.hub.interest().namers("rivulet/rates"));
            assertEquals(List.of("rivulet/rates"), door.hub.interest().named("rivulet/", 5));
            tell(door, "rivulet/rates", "figures");
            one.awaitLine("data: {\"topics\":[\"rivulet/rates\"],");
            all.awaitLine("data: figures");
        }
    }

    /** Not even those who may read everything that is private: it is theirs, and this is the hub's. */
    @Test
    void nobodyElseSeesThemLiveOrLater() throws Exception {
        try (Door door = Door.with(BELIEVING);
             Door.Reading all = door.reading("GET /api/updates?topic=*" + bearer("--subscribe", "*"));
             Door.Reading some = door.reading("GET /api/updates?topic=rivulet/*&topic=end" + bearer("--subscribe",
                 "*"));
             Door.Reading stranger = door.reading("GET /api/updates?topic=*")) {
            List<Door.Reading> streams = new ArrayList<>(List.of(all, some, stranger));
            for (Door.Reading each : streams) {
                each.awaitLine("event: rivulet.hello");
            }
            assertEquals(0, door.hub.interest().namers("rivulet/rates"), "none of them makes the hub work");
            tell(door, "rivulet/rates", "figures");
            tell(door, "end", "over");
            for (Door.Reading each : streams) {
                each.awaitLine("data: over");
                assertFalse(each.text().contains("figures"), each.text());
            }
            try (Door.Reading late = door.reading("GET /api/updates?topic=*&since=last" + bearer("--subscribe", "*"))) {
                late.awaitLine("data: over");
                assertFalse(late.text().contains("figures"), late.text());
            }
        }
    }

    @Test
    void whoeverNamesOneWithoutTheRightIsRefused() throws Exception {
        try (Door door = Door.with(BELIEVING)) {
            for (String who : List.of("", bearer("--subscribe", "*"))) {
                HttpTester.Response refused = door.send("GET /api/updates?topic=rivulet/rates" + who, "");
                assertEquals(403, refused.getStatus(), refused.getContent());
                assertTrue(refused.getContent().contains("are for those who may operate the hub"),
                    refused.getContent());
            }
        }
    }

    @Test
    void nobodyPublishesThereButTheHub() throws Exception {
        try (Door door = Door.with(BELIEVING); Door dev = Door.dev()) {
            String all = bearer("--publish", "*", "--operate");
            assertEquals(403, door.send("POST /api/updates?topic=rivulet/rates" + all, "x").getStatus());
            assertEquals(200, door.send("POST /api/updates?topic=rivulets" + all, "x").getStatus());
            assertEquals(403, dev.send("POST /api/updates?topic=rivulet/x", "x").getStatus());
        }
    }
}
