package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Streams whose clients have left leave the count of open streams soon, whatever heartbeat was asked for. No container
 * tells that a client left; only a write finds out.
 */
@OnEveryContainer
class DepartureIT {

    private static final int STREAMS_MAX = 20;

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder
        .set("connections.max", Integer.toString(STREAMS_MAX)).set("heartbeat", "5m"));

    private final Server server = SHARED.server();

    DepartureIT(Container container) {
        assertEquals(container, server.container());
    }

    private void openAndLeave(String query) throws IOException {
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < STREAMS_MAX; i++) {
            WireClient client = WireClient.to(server);
            client.send("GET /api/updates?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            clients.add(client);
            assertEquals(200, client.readHead().status());
        }
        assertEquals(STREAMS_MAX, Inside.of(server).streams());
        clients.forEach(WireClient::close);
        Await.until("those that left are not counted any more", () -> Inside.of(server).streams() == 0);
    }

    /** A write never finds out: the kernel of a client that has ended its own side alone takes what comes. */
    @Test
    void aClientThatEndsItsSideIsFoundByALookAtItsSocket() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?heartbeat=300&topic=" + SHARED.topic()
                + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, client.readHead().status());
            assertEquals(1, Inside.of(server).streams());
            client.endOutput();
            Await.until("its stream has ended", () -> Inside.of(server).streams() == 0);
            while (!client.isEnded()) {
                // what was on its way
            }
        }
    }

    @Test
    void streamsThatOpenAndLeaveDoNotFillTheCap() throws IOException {
        for (String query : List.of("topic=*&conflate=topic&since=earliest", "topic=" + SHARED.topic())) {
            openAndLeave(query);
        }
        try (EventStream stream = EventStream.to(server).topic(SHARED.topic()).open()) {
            stream.awaitHello();
        }
    }
}
