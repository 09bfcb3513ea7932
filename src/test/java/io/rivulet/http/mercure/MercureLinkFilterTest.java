package io.rivulet.http.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpTester;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** The filter that other applications put before their resources, so that clients find the hub (RFC 8288). */
class MercureLinkFilterTest {

    private static List<String> links(Map<String, String> parameters) throws Exception {
        Server server = new Server();
        LocalConnector connector = new LocalConnector(server);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(MercureLinkFilter.class);
        filter.setInitParameters(parameters);
        context.addFilter(filter, "/books/*", EnumSet.of(DispatcherType.REQUEST));
        server.setHandler(context);
        try {
            server.start();
            HttpTester.Response answer = HttpTester.parseResponse(
                connector.getResponse("GET /books/1?x=y HTTP/1.1\r\nHost: e.example\r\nConnection: close\r\n\r\n"));
            return answer.getValuesList("Link");
        } finally {
            server.stop();
        }
    }

    @Test
    void DIS01_aResourceNamesTheHub() throws Exception {
        assertEquals(List.of("<https://hub.example/.well-known/mercure>; rel=\"mercure\""),
            links(Map.of("hub", "https://hub.example/.well-known/mercure")));
        assertThrows(Exception.class, () -> links(Map.of()));
        assertThrows(Exception.class, () -> links(Map.of("hub", "https://hub.example/>; rel=\"evil\"")));
        assertThrows(Exception.class, () -> links(Map.of("hub", "https://hub.example/\r\nX: y")));
        assertThrows(Exception.class, () -> links(Map.of("hub", "/hub", "topic", "a b")));
    }

    @Test
    void DIS02_aResourceNamesItsCanonicalTopic() throws Exception {
        assertEquals(List.of("</hub>; rel=\"mercure\"", "<https://e.example/books/1>; rel=\"self\""),
            links(Map.of("hub", "/hub", "topic", "https://e.example/books/1")));
        assertEquals(List.of("</hub>; rel=\"mercure\"", "<http://e.example/books/1?x=y>; rel=\"self\""),
            links(Map.of("hub", "/hub", "topic", "request")));
    }
}
