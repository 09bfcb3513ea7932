package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpTester;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** A resource of another application tells where its updates come from (DIS-01, DIS-02). */
class MercureLinkFilterTest {

    private static final String HUB = "https://hub.example/.well-known/mercure";

    @Test
    void DIS01_aResourceNamesItsHub() throws Exception {
        assertEquals(List.of("<" + HUB + ">; rel=\"mercure\""), links(Map.of("hub", HUB)));
    }

    @Test
    void DIS02_aResourceNamesItsTopic() throws Exception {
        assertEquals(List.of("<" + HUB + ">; rel=\"mercure\"", "<https://example.com/books/1>; rel=\"self\""),
            links(Map.of("hub", HUB, "topic", "https://example.com/books/1")));
    }

    @Test
    void DIS02_aResourceMayBeItsOwnTopic() throws Exception {
        assertEquals(List.of("<" + HUB + ">; rel=\"mercure\"", "<http://example.com/books/7?x=1>; rel=\"self\""),
            links(Map.of("hub", HUB, "topic", "request")));
    }

    @Test
    void aFilterWithoutAHubDoesNotStart() {
        assertThrows(Exception.class, () -> links(Map.of()));
    }

    @Test
    void aUrlThatWouldBreakTheHeaderDoesNotStart() {
        assertThrows(Exception.class, () -> links(Map.of("hub", HUB + ">\r\nX: y")));
        assertThrows(Exception.class, () -> links(Map.of("hub", HUB, "topic", "a b")));
    }

    private static List<String> links(Map<String, String> parameters) throws Exception {
        Server server = new Server();
        LocalConnector connector = new LocalConnector(server);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(MercureLinkFilter.class);
        parameters.forEach(filter::setInitParameter);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(DefaultServlet.class, "/");
        server.setHandler(context);
        try {
            server.start();
            String answer = connector.getResponse("GET /books/7?x=1 HTTP/1.1\r\nHost: example.com\r\n"
                + "Connection: close\r\n\r\n", 5, TimeUnit.SECONDS);
            return HttpTester.parseResponse(answer).getValuesList("Link");
        } finally {
            server.stop();
        }
    }
}
