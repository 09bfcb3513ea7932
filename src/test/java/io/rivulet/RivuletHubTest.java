package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java code in an application has of the hub below {@code /live}. */
class RivuletHubTest {

    private static final List<Class<?>> FACE = List.of(Rivulet.class, Installation.class, RivuletHub.class,
        Message.class, HistoryQuery.class, RivuletException.class, RivuletMeters.class, TopicPublisher.class,
        StreamResponse.class, RivuletHub.Page.class, RivuletHub.Past.class, RivuletHub.Connection.class,
        RivuletHub.Presence.class, RivuletHub.Watch.class);

    @TempDir
    private Path folder;
    private ServletContext application;
    private Installation live;

    @AfterEach
    void stop() {
        if (live != null) {
            live.close();
        }
    }

    @Test
    void thePublicFaceNamesNoTypeOfTheInside() {
        List<String> faults = new ArrayList<>();
        for (Class<?> type : FACE) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                    Stream.concat(Stream.of(method.getGenericReturnType()),
                        Stream.of(method.getGenericParameterTypes())).filter(t -> !isPublic(t))
                        .forEach(t -> faults.add(method + " names " + t));
                }
            }
            Stream.of(type.getConstructors()).flatMap(made -> Stream.of(made.getGenericParameterTypes()))
                .filter(t -> !isPublic(t)).forEach(t -> faults.add(type + " is made of " + t));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void anApplicationBindsTheMetersToItsOwnRegistryAndTakesThemBack() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        RivuletHub hub = install();
        RivuletMeters meters = new RivuletMeters(application);
        meters.bindTo(registry);
        get(hub.publish("a", "x"));
        assertEquals(1, registry.get("rivulet.publish.events").functionCounter().count());
        meters.close();
        assertEquals(List.of(), registry.getMeters());
        live.close();
        assertThrows(IllegalStateException.class, () -> new RivuletMeters(application));
    }

    private static boolean isPublic(Type type) {
        if (type instanceof ParameterizedType of) {
            return isPublic(of.getRawType()) && Stream.of(of.getActualTypeArguments()).allMatch(t -> isPublic(t));
        }
        if (type instanceof WildcardType of) {
            return Stream.of(of.getUpperBounds()).allMatch(t -> isPublic(t));
        }
        String name = type.getTypeName();
        return type instanceof Class<?> c && c.isPrimitive() || name.startsWith("java.")
            || name.startsWith("jakarta.servlet.") || name.startsWith("io.micrometer.")
            || name.matches("io\\.rivulet\\.[A-Z].*");
    }

    @Test
    void whatIsPublishedStandsInHistory() throws Exception {
        RivuletHub hub = install();
        String first = get(hub.publish(Message.on("orders/1", "é\n2").alsoOn("all").type("placed")
            .retry(Duration.ofSeconds(3)).asPrivate()));
        String second = get(hub.publish(Message.on("orders/2", "x").id("mine")));
        get(hub.publish("other", "y"));
        assertEquals("mine", second);
        RivuletHub.Page page = get(hub.history(HistoryQuery.of("orders/*")));
        assertEquals(List.of(first, "mine"), page.events().stream().map(RivuletHub.Past::id).toList());
        assertNull(page.next());
        RivuletHub.Past past = page.events().get(0);
        assertEquals(List.of("orders/1", "all"), past.topics());
        assertEquals("placed é\n2 true", past.type() + " " + past.data() + " " + past.isPrivate());
        RivuletHub.Page one = get(hub.history(HistoryQuery.of("orders/*").limit(1)));
        assertEquals(1, one.events().size());
        assertEquals("mine", get(hub.history(HistoryQuery.of("orders/*").after(one.next()))).events().get(0).id());
        assertEquals(List.of("x"), data(hub, HistoryQuery.of("orders/*").last(1)));
        assertEquals(List.of("é\n2", "x", "y"), data(hub, HistoryQuery.of("*").newestOfEach()));
        assertEquals(List.of(), data(hub, HistoryQuery.of("*").since(past.time().plusSeconds(60))));
    }

    @Test
    void aBatchIsOneAndItsKeyIsKnownAgain() throws Exception {
        RivuletHub hub = install();
        List<Message> two = List.of(Message.on("a", "1"), Message.on("b", "2"));
        List<String> ids = get(hub.publish(two, "key"));
        assertEquals(ids, get(hub.publish(two, "key")));
        assertNotEquals(ids, get(hub.publish(two, "other")));
        assertEquals(4, get(hub.history(HistoryQuery.of("*"))).events().size());
        assertRefused(RivuletException.Kind.INVALID, "idempotency", () ->
            get(hub.publish(List.of(Message.on("a", "3")), "key")));
    }

    @Test
    void aTopicIsCancelledAndEndsWithTheLastWord() throws Exception {
        RivuletHub hub = install();
        get(hub.publish("run/1", "a"));
        String cancel = get(hub.cancel("run/1"));
        assertEquals(cancel, get(hub.cancel("run/1")));
        assertRefused(RivuletException.Kind.ENDED, "asked for the end", () -> get(hub.publish("run/1", "b")));
        String end = get(hub.publish(Message.on("run/1", "the last word").ending()));
        assertRefused(RivuletException.Kind.ENDED, "has ended (cancelled)", () -> get(hub.publish("run/1", "c")));
        assertEquals(end, get(hub.cancel("run/1")), "to stop what is over is no failure");
        assertEquals(List.of("a", "{}", "the last word"), data(hub, HistoryQuery.of("run/1")));
    }

    @Test
    void aStopThatCrossesTheLastPieceIsNoFailure() throws Exception {
        RivuletHub hub = install();
        for (int i = 0; i < 10; i++) {
            String run = "run/" + i;
            get(hub.publish(run, "a"));
            CompletableFuture<String> cancel = i % 2 == 0 ? hub.cancel(run) : null;
            CompletableFuture<String> last = hub.publish(Message.on(run, "last").ending());
            String id = get(cancel == null ? hub.cancel(run) : cancel);
            String end = get(last);
            assertEquals(id.equals(end) ? List.of("a", "last") : List.of("a", "{}", "last"),
                data(hub, HistoryQuery.of(run)));
        }
    }

    @Test
    void whatIsRefusedSaysWhatTheCallerCanDo() {
        RivuletHub hub = install();
        assertRefused(RivuletException.Kind.INVALID, "topic", () -> hub.publish("", "x"));
        assertRefused(RivuletException.Kind.INVALID, "U+000D", () -> hub.publish(Message.on("a", "x").type("a\rb")));
        assertRefused(RivuletException.Kind.INVALID, "no message", () -> hub.publish(List.of(), null));
        assertRefused(RivuletException.Kind.INVALID, "the key must be", () -> hub.publish(List.of(Message.on("a", "")),
            "é"));
        assertRefused(RivuletException.Kind.INVALID, "rivulet.body.max",
            () -> hub.publish("a", "x".repeat(5_000_000)));
        assertRefused(RivuletException.Kind.INVALID, "not of this history",
            () -> get(hub.history(HistoryQuery.of("a").after("nobody's"))));
        assertRefused(RivuletException.Kind.INVALID, "no topic", () -> hub.history(HistoryQuery.of()));
        assertThrows(IllegalArgumentException.class, () -> HistoryQuery.of("a").limit(1_001));
        assertThrows(NullPointerException.class, () -> hub.publish("a", null));
        assertTrue(assertThrows(IllegalStateException.class, hub::presence).getMessage().contains("rivulet.presence"));
        live.drain();
        assertRefused(RivuletException.Kind.TRY_AGAIN, "closing", () -> hub.publish("a", "x"));
        assertTrue(hub.whyNotPublishing().isPresent());
    }

    @Test
    void aSourceOfPiecesIsPublishedInItsOrderAndItsEndIsTheTopicsEnd() throws Exception {
        RivuletHub hub = install();
        StringBuilder text = new StringBuilder();
        TopicPublisher publisher = hub.publisher("run/1").join(Duration.ofSeconds(30), 64);
        try (SubmissionPublisher<String> source = new SubmissionPublisher<>(Runnable::run, 16)) {
            source.subscribe(publisher);
            for (int i = 0; i < 1_000; i++) {
                text.append("piece ").append(i).append(i % 50 == 0 ? ".\n" : " ");
                source.submit("piece " + i + (i % 50 == 0 ? ".\n" : " "));
            }
        }
        get(publisher.ended());
        List<String> pieces = data(hub, HistoryQuery.of("run/1").limit(1_000));
        assertEquals(text.toString(), String.join("", pieces));
        assertTrue(pieces.size() < 300, pieces.size() + " events of 1000 pieces");
    }

    @Test
    void aCancelReachesTheSourceAndWhoeverWatchesAndTheTopicEndsWithTheLastWord() throws Exception {
        RivuletHub hub = install();
        List<String> told = new CopyOnWriteArrayList<>();
        RivuletHub.Watch watch = hub.onCancel("run/1", () -> told.add("cancelled"));
        SubmissionPublisher<String> source = new SubmissionPublisher<>(Runnable::run, 16);
        TopicPublisher publisher = hub.publisher("run/1").sayOnCancel("stopped");
        source.subscribe(publisher);
        source.submit("a");
        Await.until("the first piece", () -> !pieces(hub, "run/1").isEmpty());
        get(hub.cancel("run/1"));
        get(publisher.ended());
        assertEquals(List.of("a", "{}", "stopped"), pieces(hub, "run/1"));
        assertEquals(List.of("cancelled"), told);
        assertEquals(0, source.getNumberOfSubscribers());
        watch.close();
        get(hub.publish(Message.on("run/2", "x").ending()));
        TopicPublisher late = hub.publisher("run/2");
        late.onNext("y");
        assertRefused(RivuletException.Kind.ENDED, "run/2", () -> get(late.ended()));
    }

    private static List<String> pieces(RivuletHub hub, String topic) {
        return hub.history(HistoryQuery.of(topic)).join().events().stream().map(RivuletHub.Past::data).toList();
    }

    @Test
    void anEndByAnotherReachesTheSource() throws Exception {
        RivuletHub hub = install();
        SubmissionPublisher<String> source = new SubmissionPublisher<>(Runnable::run, 16);
        TopicPublisher publisher = hub.publisher("run/1");
        source.subscribe(publisher);
        get(hub.publish(Message.on("run/1", "x").ending()));
        assertRefused(RivuletException.Kind.ENDED, "somebody else", () -> get(publisher.ended()));
        assertEquals(0, source.getNumberOfSubscribers());
    }

    @Test
    void aSourceThatIsSilentForLongerThanItsLeaseIsLetGoOf() throws Exception {
        RivuletHub hub = install();
        SubmissionPublisher<String> source = new SubmissionPublisher<>(Runnable::run, 16);
        TopicPublisher publisher = hub.publisher("run/1").lease(Duration.ofSeconds(1));
        source.subscribe(publisher);
        source.submit("a");
        assertRefused(RivuletException.Kind.ENDED, "its lease is over", () -> get(publisher.ended()));
        assertEquals(0, source.getNumberOfSubscribers());
        assertRefused(RivuletException.Kind.ENDED, "(abandoned)", () -> get(hub.publish("run/1", "late")));
    }

    @Test
    void aSourceThatFailsLeavesItsTopicAbandoned() throws Exception {
        RivuletHub hub = install();
        TopicPublisher publisher = hub.publisher("run/1");
        publisher.onNext("a");
        publisher.onError(new IllegalStateException("the model is tired"));
        get(publisher.ended());
        assertRefused(RivuletException.Kind.ENDED, "(abandoned)", () -> get(hub.publish("run/1", "late")));
    }

    @Test
    void aSourceThatFailsBecauseItWasCancelledLeavesItsTopicCancelled() throws Exception {
        RivuletHub hub = install();
        get(hub.publish("run/1", "a"));
        get(hub.cancel("run/1"));
        TopicPublisher publisher = hub.publisher("run/1");
        publisher.onError(new IllegalStateException("interrupted"));
        get(publisher.ended());
        assertRefused(RivuletException.Kind.ENDED, "(cancelled)", () -> get(hub.publish("run/1", "late")));
    }

    @Test
    void aHubThatClosesLetsGoOfItsSources() {
        RivuletHub hub = install();
        SubmissionPublisher<String> source = new SubmissionPublisher<>(Runnable::run, 16);
        source.subscribe(hub.publisher("run/1"));
        assertEquals(1, source.getNumberOfSubscribers());
        live.close();
        assertEquals(0, source.getNumberOfSubscribers());
        assertRefused(RivuletException.Kind.TRY_AGAIN, "closing",
            () -> hub.onUnheard("run/1", Duration.ofSeconds(1), () -> { }));
    }

    @Test
    void aTopicThatNobodyHearsIsTold() {
        RivuletHub hub = install();
        List<String> told = new CopyOnWriteArrayList<>();
        RivuletHub.Watch watch = hub.onUnheard("run/1", Duration.ofSeconds(1), () -> told.add("silence"));
        Await.until("the silence", () -> told.size() == 1);
        watch.close();
        assertRefused(RivuletException.Kind.INVALID, "unheard for 1 s",
            () -> hub.onUnheard("run/1", Duration.ZERO, () -> { }));
    }

    @Test
    void whatCannotBeSentInAStreamOfAnOwnUrlIsRefusedBeforeItBegins() {
        install();
        for (String[] header : new String[][] {{"X-A", "a\r\nb"}, {"X-A", "é"}, {"X-A", "a\0"}, {"X A", "a"}, {"", "a"},
            {"X-A:", "a"}, {"Content-Type", "text/plain"}, {"content-length", "3"}}) {
            assertThrows(IllegalArgumentException.class, () -> respond().header(header[0], header[1]), header[0]);
        }
        assertThrows(IllegalArgumentException.class, () -> respond().last("a\0b"));
        assertThrows(IllegalStateException.class, () -> respond().start(), "no topic");
        assertThrows(IllegalStateException.class, () -> respond().topic("a").last("x").start(), "not plain");
        assertTrue(assertThrows(IllegalStateException.class, () -> respond().topic("a").start()).getMessage()
            .contains("async-supported"));
        live.close();
        assertThrows(IllegalStateException.class, this::respond);
    }

    private StreamResponse respond() {
        return Rivulet.respond(Stub.of(HttpServletRequest.class, (method, arguments) ->
                method.equals("getServletContext") ? application : method.startsWith("is") ? false : null),
            Stub.of(HttpServletResponse.class, (method, arguments) -> method.startsWith("is") ? false : null));
    }

    @Test
    void withoutStreamsNobodyListens() {
        RivuletHub hub = install("rivulet.presence", "true");
        assertEquals(0, hub.connectionCount());
        assertEquals(List.of(), hub.connections(10));
        assertEquals(List.of(), hub.presence());
        assertFalse(hub.isHeard("a"));
        assertFalse(hub.closeConnection("nobody"));
    }

    @Test
    void settingsAreKeysOrNamesOfTheEnvironmentAndNothingElseIsRead() {
        install("rivulet.presence", "false", "RIVULET_PRESENCE", "true", "RIVULET_PORT", "tcp://10.0.0.1:80",
            "RIVULET_SERVICE_HOST", "10.0.0.1");
        assertEquals(List.of(), live.hub().presence());
        live.close();
        assertTrue(assertThrows(RuntimeException.class, () -> install("rivulet.presense", "true")).getMessage()
            .contains("rivulet.presence"));
        assertTrue(assertThrows(RuntimeException.class, () -> install("presence", "true")).getMessage()
            .contains("rivulet.presence"));
        assertThrows(IllegalStateException.class, () -> Rivulet.hub(application));
    }

    private RivuletHub install(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("rivulet.data.dir", folder.toString()));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        ServletContextHandler context = new ServletContextHandler("/");
        new Server().setHandler(context); // not started: the context only asks it for its name
        application = context.getServletContext();
        live = Rivulet.install(application, all, "/live");
        RivuletHub hub = Rivulet.hub(application);
        Await.until("the log is open", () -> hub.whyNotReady().isEmpty());
        return hub;
    }

    private static List<String> data(RivuletHub hub, HistoryQuery query) throws Exception {
        return get(hub.history(query)).events().stream().map(RivuletHub.Past::data).toList();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw assertInstanceOf(RivuletException.class, e.getCause());
        }
    }

    private static void assertRefused(RivuletException.Kind kind, String part,
                                      org.junit.jupiter.api.function.Executable call) {
        RivuletException refused = assertThrows(RivuletException.class, call);
        assertEquals(kind, refused.kind());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
}
