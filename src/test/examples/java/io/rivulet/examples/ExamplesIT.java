package io.rivulet.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each example is built by Maven, started, listened to, ordered from, and ended. */
class ExamplesIT {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Pattern AT = Pattern.compile("The shop is at http://[\\w.]+:(\\d+)/");
    private static final Pattern BOOT_AT = Pattern.compile("(?:Tomcat|Jetty) started on ports? (\\d+)");

    @BeforeAll
    static void install() throws IOException {
        Example.install();
    }

    @AfterAll
    static void forget() throws IOException {
        Example.forget();
    }

    @Test
    void aWebApplicationRunsInBothContainers() throws IOException {
        Example example = Example.build("servlet", "servlet");
        for (Container container : Container.values()) {
            try (Server shop = Server.in(container).war(example.file("shop.war")).at("/shop").build().start()) {
                listenAndOrder(shop.port(), "/shop", Map.of()).close();
            }
        }
    }

    @Test
    void anEmbeddedJettyIsAMainMethod() throws IOException {
        mainMethod(Example.build("jetty", "jetty"));
    }

    @Test
    void whereThereIsCdiTheHubIsInjected() throws IOException {
        mainMethod(Example.build("cdi", "cdi"));
    }

    @Test
    void answersOfLangChain4jAndSpringAiAreFollowedInAResourceOfJaxRsAndStopped() throws IOException {
        Example example = Example.build("answers", "answers", "-DincludeScope=compile"); // also what containers have
        try (Example.Running shop = example.run("shop.Main", AT, "0")) {
            awaitOpen(shop.port(), "");
            for (String model : List.of("langchain4j", "spring-ai")) {
                assertAnswers(shop.port(), "", model);
            }
        }
        for (Container container : Container.values()) {
            try (Server shop = Server.in(container).war(example.file("answers.war")).at("/shop").build().start()) {
                awaitOpen(shop.port(), "/shop");
                assertAnswers(shop.port(), "/shop", "langchain4j");
            }
        }
    }

    private static void assertAnswers(int port, String context, String model) throws IOException {
        question(port, context, model, "whole", "a model that is made up");
        for (int i = 0; i < 2; i++) {
            assertAnswer(port, context, model + "-whole", "a model that is made up", "finished");
        }
        question(port, context, model, "hard", "hard");
        assertAnswer(port, context, model + "-hard", "hard[tired]", "abandoned");
        question(port, context, model, "endless", "for ever");
        try (EventStream stream = follow(port, context, model + "-endless")) {
            assertTrue(stream.awaitEvent().data().startsWith("on and "));
            assertEquals(200, stop(port, context, model + "-endless"));
            assertTrue(stream.awaitType("rivulet.end").data().endsWith("\"reason\":\"cancelled\"}"));
            List<Dispatched> events = stream.events();
            assertEquals("[stopped]", events.get(events.size() - 1).data());
        }
        Await.until("no model is at work", () -> ask(port, context + "/ask/").equals("0"));
        assertEquals(200, stop(port, context, model + "-endless"), "it is over, which is no failure");
        assertEquals(400, stop(port, context, "%E2%80%8B"), "no name of a run");
    }

    private static int stop(int port, String context, String run) throws IOException {
        return ask(port, "DELETE", context + "/ask/any/" + run, Map.of(), "").status();
    }

    private static void question(int port, String context, String model, String run, String what) throws IOException {
        assertEquals(202, ask(port, "POST", context + "/ask/" + model + "/" + model + "-" + run,
            Map.of("Content-Type", FORM), "what=" + Publisher.encode(what)).status());
    }

    private static EventStream follow(int port, String context, String run) throws IOException {
        return EventStream.to(port, "").path(context + "/answers/" + run).open();
    }

    private static void assertAnswer(int port, String context, String run, String text, String reason)
        throws IOException {
        try (EventStream stream = follow(port, context, run)) {
            assertTrue(stream.awaitType("rivulet.end").data().endsWith("\"reason\":\"" + reason + "\"}"));
            assertTrue(stream.awaitEnd());
            assertEquals(text, String.join("", stream.events().stream().map(Dispatched::data).toList()));
        }
    }

    private static String ask(int port, String target) {
        try {
            return ask(port, "GET", target, Map.of(), "").text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mainMethod(Example example) throws IOException {
        try (Example.Running shop = example.run("shop.Main", AT, "0");
             EventStream stream = listenAndOrder(shop.port(), "", Map.of())) {
            shop.terminate();
            assertTrue(stream.awaitEnd(), "the stream has its last chunk");
            assertTrue(stream.retryMs() > 0, "and a time to come back");
            assertEquals(143, shop.awaitGone(), shop.said());
            assertTrue(Files.isDirectory(example.folder().resolve("rivulet-data/live")), "the log lasts");
        }
    }

    @ParameterizedTest(name = "Spring Modulith {0} of Boot {1}")
    @CsvSource({"1.4.4, 3.5.7", "2.0.3, 4.0.7"})
    void theBeanForSpringModulithIsCompiledWithBothOfItsVersions(String version, String boot) throws IOException {
        Example example = Example.build("modulith", "modulith-" + version, "-Dspring-modulith.version=" + version,
            "-Dspring-boot.version=" + boot);
        assertTrue(example.libraries().contains("spring-modulith-events-core-" + version + ".jar"),
            example.libraries().toString());
        assertTrue(Files.isRegularFile(example.file("modulith-1.jar")));
    }

    @ParameterizedTest(name = "Spring Boot {0} on {1}")
    @CsvSource({"3.5.7, tomcat", "3.5.7, jetty", "4.0.7, tomcat", "4.0.7, jetty"})
    void springBootHasTheHubAsABeanItsUsersAsGrantsHealthAndAnOrderlyEnd(String version, String server)
        throws IOException {
        Example example = Example.build("spring-boot", "spring-boot-" + version + "-" + server,
            "-Dspring-boot.version=" + version, "-Dserver=" + server);
        assertFalse(example.libraries().stream().anyMatch(name -> name.startsWith("slf4j-jdk14")),
            "the application has one logger, its own");
        String first;
        try (Example.Running shop = example.run("shop.Shop", BOOT_AT, "--server.port=0",
            "--rivulet.retry.closing=3s")) {
            int port = shop.port();
            try (EventStream stream = listenAndOrder(port, "", login("sam"))) {
                first = stream.events().get(0).id();
                assertEquals(400, order(port, "", " ", login("sam")).status(), "it is rolled back");
                assertEquals(200, order(port, "", "milk", login("sam")).status());
                stream.awaitData("milk");
                assertEquals(401, order(port, "", "wine", Map.of()).status());
                assertRightsFollowRoles(port);
                assertPrivateEventsFollowRoles(port);
                assertAControllersAnswerIsAStream(port);
                JsonObject health = ask(port, "GET", "/actuator/health", Map.of(), "").json()
                    .getAsJsonObject("components").getAsJsonObject("rivulet");
                assertEquals("UP", health.get("status").getAsString());
                assertEquals("yes", health.getAsJsonObject("details").get("publishing").getAsString());
                JsonObject appends = ask(port, "GET", "/actuator/metrics/rivulet.append", Map.of(), "").json();
                assertTrue(appends.getAsJsonArray("measurements").get(0).getAsJsonObject().get("value").getAsInt() > 2,
                    appends.toString());
                shop.terminate();
                assertTrue(stream.awaitEnd(), "the stream has its last chunk");
                assertTrue(stream.retryMs() >= 3_000, "and the time to come back that Spring's environment has");
            }
            assertEquals(143, shop.awaitGone(), shop.said());
            assertTrue(shop.said().contains("Graceful shutdown complete"), shop.said());
            assertFalse(shop.said().contains("multiple SLF4J providers"), shop.said());
        }
        assertTrue(Files.isDirectory(example.folder().resolve("rivulet-data/live")));
        if (server.equals("tomcat") && version.startsWith("4")) {
            assertHistoryLasts(example, first);
        }
    }

    /** The base that Boot makes is gone with the process; the log is not in it. */
    private static void assertHistoryLasts(Example example, String first) throws IOException {
        try (Example.Running shop = example.run("shop.Shop", BOOT_AT, "--server.port=0")) {
            awaitOpen(shop.port(), "");
            try (EventStream stream = EventStream.to(shop.port(), "/live").topic("orders").after(first).open()) {
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                stream.awaitData("coffee", "milk");
            }
        }
    }

    /** As a page of the shop publishes: its browser sends the login and the origin. */
    private static void assertRightsFollowRoles(int port) throws IOException {
        for (Map.Entry<String, Integer> rights : Map.of("sam", 200, "ann", 401, "", 401).entrySet()) {
            Map<String, String> headers = new HashMap<>(Map.of("Content-Type", FORM,
                "Origin", "http://localhost:" + port));
            headers.putAll(rights.getKey().isEmpty() ? Map.of() : login(rights.getKey()));
            assertEquals(rights.getValue(), ask(port, "POST", "/live/api/updates", headers,
                "topic=orders/7&data=x").status(), "publishing as " + rights.getKey());
        }
    }

    /** Sam's role may subscribe to private events below orders/, Ann's may not. */
    private static void assertPrivateEventsFollowRoles(int port) throws IOException {
        try (EventStream sam = orderSeven(port, "sam"); EventStream ann = orderSeven(port, "ann")) {
            sam.awaitHello();
            ann.awaitHello();
            for (String event : new String[] {"data=secret&private=on", "data=open"}) {
                Map<String, String> headers = new HashMap<>(login("sam"));
                headers.put("Content-Type", FORM);
                headers.put("Origin", "http://localhost:" + port);
                assertEquals(200, ask(port, "POST", "/live/api/updates", headers, "topic=orders/7&" + event).status());
            }
            sam.awaitData("secret", "open");
            ann.awaitData("open");
        }
    }

    /** A method of Spring MVC behind Spring's security: the shop's rights, and from the first order on. */
    private static void assertAControllersAnswerIsAStream(int port) throws IOException {
        try (EventStream stream = EventStream.to(port, "").path("/orders")
            .header("Authorization", login("sam").get("Authorization")).open()) {
            stream.awaitData("tea", "coffee");
        }
        assertEquals(401, ask(port, "GET", "/orders", Map.of(), "").status());
    }

    private static EventStream orderSeven(int port, String user) throws IOException {
        return EventStream.to(port, "/live").topic("orders/7").header("Authorization", login(user).get("Authorization"))
            .open();
    }

    /** Two orders reach whoever listens. */
    private static EventStream listenAndOrder(int port, String context, Map<String, String> headers)
        throws IOException {
        awaitOpen(port, context);
        EventStream stream = EventStream.to(port, context + "/live").topic("orders").open();
        stream.awaitHello();
        assertEquals(200, order(port, context, "tea", headers).status());
        assertEquals(200, order(port, context, "coffee", headers).status());
        stream.awaitData("tea", "coffee");
        assertEquals("placed", stream.events().get(0).type());
        return stream;
    }

    private static void awaitOpen(int port, String context) {
        Await.until("the log is open", () -> Health.of(port, context + "/live").isOpen());
    }

    private static WireResponse order(int port, String context, String what, Map<String, String> login)
        throws IOException {
        Map<String, String> headers = new HashMap<>(login);
        headers.put("Content-Type", FORM);
        return ask(port, "POST", context + "/orders", headers, "what=" + Publisher.encode(what));
    }

    private static WireResponse ask(int port, String method, String target, Map<String, String> headers, String body)
        throws IOException {
        try (WireClient client = WireClient.to(port, 0)) {
            client.send(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
            WireResponse head = client.readHead();
            return new WireResponse(head.version(), head.status(), head.headers(), client.body(head).readAllBytes());
        }
    }

    private static Map<String, String> login(String user) {
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(
            (user + ":secret").getBytes(StandardCharsets.UTF_8)));
    }
}
