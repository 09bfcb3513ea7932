package io.rivulet.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.WireResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What containers do differently at Mercure's paths: requests that wait and go on, and encoded slashes. */
@OnEveryContainer
class ConnectorIT {

    private static final String SINGLE = MercureHub.PATH + "/subscriptions/exact/https%3A%2F%2Fexample.com%2Fa/nobody";

    /** Held, because the log manager forgets a logger's handlers with the logger. */
    private final Logger logger = Logger.getLogger("io.rivulet.http.operate.SlashCheck");
    private final Container container;

    ConnectorIT(Container container) {
        this.container = container;
    }

    @Test
    void aStreamWhosePlaceIsLookedUpFirstGoesOnAsAnyOther_REC_06() {
        try (MercureHub hub = MercureHub.in(container)) {
            String topic = MercureHub.freshTopic();
            String first = hub.published(topic, "1");
            hub.published(topic, "2");
            String query = "match=" + MercureHub.enc(topic);
            try (EventStream stream = hub.stream(query, "Last-Event-ID: " + first)) {
                assertEquals(first, stream.header("Mercure-Last-Event-ID"));
                hub.assertOnly(stream, topic, "2");
            }
        }
    }

    @Test
    void aQueryWithABodyIsAStreamOfBoth_SUB_02() {
        try (MercureHub hub = MercureHub.in(container)) {
            String head = "QUERY " + MercureHub.PATH + "?match=a\n" + MercureHub.FORM;
            assertTrue(MercureHub.isStream(hub.ask(head, "match=b")));
            assertTrue(MercureHub.isStream(hub.ask(head + "\nLast-Event-ID: earliest", "match=b")));
            assertTrue(MercureHub.isStream(hub.ask("QUERY " + MercureHub.PATH + "?match=a")));
            assertEquals(400, hub.ask(head, "Match=b").status());
        }
    }

    @Test
    void anEncodedSlashReachesTheHubWhereTheConnectorLetsItThrough() {
        List<String> warnings = watch();
        try (MercureHub hub = MercureHub.in(container, "presence", "true")) {
            String bearer = MercureHub.bearer(Token.all());
            WireResponse answer = hub.ask("GET " + SINGLE + bearer);
            assertEquals(404, answer.status());
            assertTrue(answer.text().contains("no such active subscription"), answer.text());
            assertEquals(200, hub.ask("GET " + MercureHub.PATH + "/subscriptions" + bearer).status());
            for (String name : List.of("100%25", "%5C", "a%5Cb%252F%25%2F", "%3Bx")) {
                String single = MercureHub.PATH + "/subscriptions/exact/" + name + "/nobody";
                assertTrue(hub.ask("GET " + single + bearer).text().contains("no such active subscription"), name);
            }
            hub.ask("GET " + MercureHub.PATH + "?match=a&raw={}|^\"[]<>`\\" + bearer); // not refused by the connector
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void whereItDoesNotTheLogNamesTheLineToChange() {
        List<String> warnings = watch();
        try (MercureHub hub = MercureHub.asItComes(container, "presence", "true")) {
            assertEquals(400, hub.ask("GET " + SINGLE + MercureHub.bearer(Token.all())).status());
            hub.ask("GET /health/live");
            Await.until("it is told", () -> !warnings.isEmpty());
        }
        String line = container == Container.JETTY ? "uriCompliance=DEFAULT,AMBIGUOUS_PATH_SEPARATOR,"
            + "AMBIGUOUS_PATH_ENCODING,AMBIGUOUS_PATH_PARAMETER,SUSPICIOUS_PATH_CHARACTERS"
            : "encodedSolidusHandling=\"passthrough\" encodedReverseSolidusHandling=\"passthrough\" relaxedQueryChars=";
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains(line), warnings.get(0));
        assertTrue(warnings.get(0).contains("refuses %2F in paths, "), warnings.get(0));
        assertTrue(warnings.get(0).contains("%5C in paths"), warnings.get(0));
        assertFalse(warnings.get(0).contains("Bearer"));
    }

    private List<String> watch() {
        List<String> messages = Collections.synchronizedList(new ArrayList<>());
        logger.addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                messages.add(record.getMessage());
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing is open
            }
        });
        return messages;
    }
}
