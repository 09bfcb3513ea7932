package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@link Shop}'s own servlet answers with streams of the hub that is installed below {@code /live}. */
@OnEveryContainer
class RespondIT {

    private static final String AT = "/shop";

    private final Container container;
    @TempDir
    private Path folder;

    RespondIT(Container container) {
        this.container = container;
    }

    @Test
    void whatAPlainStreamHasIsThePublishersToTheByte() throws IOException {
        try (Server shop = shop(); Publisher publisher = Publisher.to(shop.port(), AT + Shop.PREFIX)) {
            String first = publisher.publish("run/1", "one\ntwo");
            publisher.publish("run/2", "another's");
            String last = Publisher.accepted(publisher.form("topic", "run/1", "data", "three", "end", ""));
            String named = "data: one\ndata: two\nid: " + first + "\n\ndata: three\nid: " + last + "\n\n";
            String nameless = "data: one\ndata: two\n\ndata: three\n\n";
            WireResponse plain = ask(shop, "GET", "/answers/1?start&plain&end&done");
            assertEquals(200, plain.status());
            assertTrue(plain.text().startsWith(":\n"), "a comment opens proxies");
            assertEquals(named + "data: [DONE]\n\n", events(plain));
            assertStream(plain);
            assertEquals(nameless + "data: [DONE]\n\n",
                events(ask(shop, "POST", "/answers/1?start&nameless&end&done")));
            assertEquals(named, events(ask(shop, "GET", "/answers/1?start&plain&end")));
            WireResponse loud = ask(shop, "GET", "/loud/1?start&nameless&end&done");
            assertEquals(nameless.toUpperCase(Locale.ROOT) + "DATA: [DONE]\n\n", events(loud));
            assertStream(loud);
            assertEquals(events(plain), events(ask(shop, "GET", "/begun/1?start&plain&end&done")));
            String whole = ask(shop, "GET", "/answers/1?start&end").text();
            assertTrue(whole.contains("event: rivulet.hello") && whole.contains("event: rivulet.end"), whole);
            assertStream(ask(shop, "HEAD", "/answers/1?start&plain&end"));
        }
    }

    @Test
    void aStreamOfAnOwnUrlGoesOnAfterItsLastEventAndIsOverWhenTheTopicIs() throws IOException {
        try (Server shop = shop(); Publisher publisher = Publisher.to(shop.port(), AT + Shop.PREFIX)) {
            for (String at : new String[] {"/answers", "/loud", "/begun"}) {
                String run = "of" + at.substring(1);
                boolean isLoud = at.equals("/loud");
                publisher.publish("run/" + run, "1");
                try (EventStream stream = EventStream.to(shop.port(), "").path(AT + at + "/" + run)
                    .rawQuery("?start&plain&end").open()) {
                    if (isLoud) { // an event stream in capitals is none: only its end is seen
                        stream.awaitComment();
                    } else {
                        stream.awaitData("1");
                        publisher.publish("run/" + run, "2");
                        stream.awaitData("2");
                        stream.cut();
                        publisher.publish("run/" + run, "3");
                        stream.reconnect();
                        stream.awaitData("3");
                    }
                    Publisher.accepted(publisher.form("topic", "run/" + run, "data", "4", "end", ""));
                    if (!isLoud) {
                        stream.awaitData("4");
                    }
                    assertTrue(stream.awaitEnd(), at);
                    if (!isLoud) {
                        stream.reconnect();
                        assertEquals(204, stream.status());
                    }
                }
            }
            assertBeginsAfterTheIdThatTheApplicationNames(shop, publisher);
        }
    }

    /** As a client of OpenAI's Responses asks: with a number, which the application makes an id of. */
    private static void assertBeginsAfterTheIdThatTheApplicationNames(Server shop, Publisher publisher)
        throws IOException {
        for (String run : new String[] {"a", "b"}) { // an id is the whole hub's
            for (int i = 0; i < 4; i++) {
                Publisher.accepted(publisher.form("topic", "run/" + run, "id", run + "-" + i, "data", run + i));
            }
            Publisher.accepted(publisher.form("topic", "run/" + run, "id", run + "-4", "end", ""));
        }
        assertEquals("data: a2\nid: a-2\n\ndata: a3\nid: a-3\n\n",
            events(ask(shop, "GET", "/answers/a?start&plain&end&after=a-1", "Last-Event-ID: a-0")));
        assertEquals("data: b3\n\ndata: [DONE]\n\n",
            events(ask(shop, "GET", "/answers/b?start&nameless&done&after=b-2")));
        assertEquals(204, ask(shop, "GET", "/answers/a?start&plain&end&after=a-4").status());
    }

    @Test
    void whereNothingIsLeftToComeTheAnswerIs204() throws IOException {
        try (Server shop = shop(); Publisher publisher = Publisher.to(shop.port(), AT + Shop.PREFIX)) {
            publisher.publish("run/open", "1");
            String end = Publisher.accepted(publisher.form("topic", "run/over", "data", "x", "end", ""));
            assertEquals(204, ask(shop, "GET", "/answers/over?plain&end").status());
            assertEquals(204, ask(shop, "GET", "/answers/over?start&plain&end&open").status());
            assertEquals(204, ask(shop, "GET", "/answers/none?start&plain&end&open").status());
            assertEquals(204, ask(shop, "GET", "/answers/none?plain&end").status());
            assertEquals(204, ask(shop, "GET", "/begun/over?plain&end").status());
            assertEquals(204, ask(shop, "GET", "/answers/over?start&plain&end", "Last-Event-ID: " + end).status());
            assertEquals(200, ask(shop, "GET", "/answers/over?start&plain&end&anew", "Last-Event-ID: " + end).status());
            try (EventStream stream = EventStream.to(shop.port(), "").path(AT + "/answers/open")
                .rawQuery("?start&plain&end&open").open()) {
                stream.awaitData("1");
                Publisher.accepted(publisher.form("topic", "run/open", "data", "2", "end", ""));
                stream.awaitData("2");
                assertTrue(stream.awaitEnd());
            }
        }
    }

    @Test
    void whatTheHubRefusesItAnswersItself() throws IOException {
        try (Server shop = shop("connections.address.max", "3", "connections.subject.max", "1")) {
            WireResponse bad = ask(shop, "GET", "/answers/%E2%80%8B?start");
            assertEquals(400, bad.status());
            assertEquals("application/problem+json", bad.header("Content-Type"));
            try (EventStream stream = EventStream.to(shop.port(), "").path(AT + "/answers/1").rawQuery("?start")
                .open()) {
                stream.awaitHello();
                try (EventStream sam = EventStream.to(shop.port(), "").path(AT + "/answers/1")
                    .rawQuery("?start&reader=sam").open()) {
                    sam.awaitHello();
                    WireResponse again = ask(shop, "GET", "/answers/1?start&plain&reader=sam");
                    assertEquals(429, again.status());
                    assertTrue(again.text().contains("connections.subject.max"), again.text());
                    try (EventStream ann = EventStream.to(shop.port(), "").path(AT + "/answers/1")
                        .rawQuery("?start&reader=ann").open()) {
                        ann.awaitHello();
                        WireResponse more = ask(shop, "GET", "/answers/1?start&plain");
                        assertEquals(429, more.status());
                        assertTrue(more.text().contains("connections.address.max"), more.text());
                    }
                }
            }
        }
    }

    /** There is a heartbeat a second, which also finds that the reader has left; two are longer than the silence. */
    @Test
    void codeOfTheApplicationIsToldOnceNobodyReadsWhatItWrites() throws IOException {
        try (Server shop = shop("heartbeat", "1s"); Publisher publisher = Publisher.to(shop.port(), AT + Shop.PREFIX);
             EventStream told = EventStream.to(shop.port(), AT + Shop.PREFIX).topic(Shop.UNHEARD).open()) {
            told.awaitHello();
            try (EventStream reader = EventStream.to(shop.port(), "").path(AT + "/answers/1").rawQuery("?start")
                .open()) {
                reader.awaitHello();
                assertEquals(200, ask(shop, "POST", "/watch/1").status());
                int before = reader.comments();
                Await.until("two heartbeats", () -> reader.comments() >= before + 2);
                publisher.publish(Shop.UNHEARD, "left");
            }
            told.awaitData("left", "run/1");
        }
    }

    /** All but the comments, of which there is one more for each second that a slow machine takes. */
    private static String events(WireResponse answer) {
        return answer.text().replaceAll("(?m)^:.*\n", "");
    }

    private static void assertStream(WireResponse answer) {
        assertEquals("text/event-stream;charset=utf-8", answer.header("Content-Type").replace(" ", "")
            .toLowerCase(Locale.ROOT));
        assertEquals("v1", answer.header("X-Protocol"));
        assertTrue(answer.header("Cache-Control").contains("no-cache"), answer.header("Cache-Control"));
        assertEquals("no", answer.header("X-Accel-Buffering"));
        assertEquals("?1", answer.header("Incremental"));
        assertEquals("yes", answer.header("X-Shop"), "what another filter has set stays");
    }

    private Server shop(String... settings) throws IOException {
        Server.Builder builder = Server.in(container).war(Shop.war(folder)).at(AT);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        Server shop = builder.build();
        try {
            shop.start();
            Await.until("the log of the shop's hub is open", () -> Health.of(shop.port(), AT + Shop.PREFIX).isOpen());
            return shop;
        } catch (RuntimeException | AssertionError e) {
            shop.close();
            throw e;
        }
    }

    private static WireResponse ask(Server shop, String method, String target, String... headers) throws IOException {
        return WireClient.exchange(shop, method + " " + AT + target + " HTTP/1.1\r\nHost: localhost:" + shop.port()
            + "\r\n" + String.join("", java.util.Arrays.stream(headers).map(line -> line + "\r\n").toList())
            + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
