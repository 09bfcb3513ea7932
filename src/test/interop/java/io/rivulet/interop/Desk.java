package io.rivulet.interop;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves the page that does in a browser what the test wants, with the browser's own EventSource or a library. Any
 * thread.
 */
final class Desk implements AutoCloseable {

    private static final Gson GSON = new Gson();
    private static final Map<String, String> LIBRARIES = Map.of("sse.js", "sse.js/lib/sse.js",
        "event-source-polyfill", "event-source-polyfill/src/eventsource.js");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-desk");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, BlockingQueue<Map<String, ?>>> orders = new ConcurrentHashMap<>();
    private final Map<Integer, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    Desk() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
        server.setExecutor(threads);
        server.createContext("/page", exchange -> answer(exchange, 200, "text/html",
            Files.readString(Path.of("src/test/interop/page/page.html"))));
        server.createContext("/library", exchange -> answer(exchange, 200, "text/javascript", Files.readString(
            Path.of("target/interop/node/node_modules", LIBRARIES.get(name(exchange))))));
        server.createContext("/next", this::next);
        server.createContext("/said", this::said);
        server.createContext("/cookie", Desk::cookie);
        server.start();
    }

    /** What browsers call the origin of the page. */
    String origin() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Where the browser of this name finds its page. */
    String page(String browser) {
        return origin() + "/page?name=" + browser;
    }

    /** Whether the browser of this name has asked for something to do. */
    boolean isThere(String browser) {
        return orders.containsKey(browser);
    }

    /** The browser of this name, which has its page open. A token goes into a cookie; one of 0.x into the query. */
    Client client(String browser) {
        BlockingQueue<Map<String, ?>> queue = orders.get(browser);
        return (wish, session) -> {
            int number = next.incrementAndGet();
            sessions.put(number, session);
            boolean byCookie = !wish.token().isEmpty() && wish.speech() == Speech.V1;
            String url = wish.url();
            if (!wish.token().isEmpty() && !byCookie) {
                url += "&authorization=" + wish.token();
            }
            if (!wish.lastEventId().isEmpty()) {
                url += "&" + wish.speech().cursor + "=" + InteropHub.encode(wish.lastEventId());
            }
            Map<String, Object> order = new HashMap<>(Map.of("session", number, "url", url, "types",
                List.copyOf(wish.types()), "credentials", byCookie));
            if (byCookie) {
                order.put("cookie", wish.token());
            }
            queue.add(order);
            session.onClose(() -> queue.add(Map.of("session", number)));
        };
    }

    /**
     * The library of this name in a page of its own. It can set headers, the token's among them. The hub has another
     * name for it, so that it does not share with the browser's own clients the six connections of a host.
     */
    Client library(String name) {
        BlockingQueue<Map<String, ?>> queue = orders.get(name);
        return (wish, session) -> {
            int number = next.incrementAndGet();
            sessions.put(number, session);
            queue.add(Map.of("session", number, "url", wish.url().replace("//localhost", "//127.0.0.1"),
                "types", List.copyOf(wish.types()), "last", wish.lastEventId(), "headers", wish.token().isEmpty()
                    ? Map.of() : Map.of("Authorization", "Bearer " + wish.token())));
            session.onClose(() -> queue.add(Map.of("session", number)));
        };
    }

    private void next(HttpExchange exchange) throws IOException {
        try {
            Map<String, ?> order = orders.computeIfAbsent(name(exchange), n -> new LinkedBlockingQueue<>())
                .poll(5, TimeUnit.SECONDS);
            answer(exchange, order == null ? 204 : 200, "application/json", order == null ? "" : GSON.toJson(order));
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    private static String name(HttpExchange exchange) {
        return exchange.getRequestURI().getQuery().replace("name=", "");
    }

    private void said(HttpExchange exchange) throws IOException {
        Session session = sessions.get(Integer.valueOf(exchange.getRequestURI().getQuery().replace("session=", "")));
        session.said(ProgramClient.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        answer(exchange, 204, "text/plain", "");
    }

    /** As whoever issues tokens sets it: for the hub alone, and out of the reach of scripts. */
    private static void cookie(HttpExchange exchange) throws IOException {
        String token = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
        exchange.getResponseHeaders().add("Set-Cookie", "__Secure-mercure_access_token=" + token
            + "; Path=" + InteropHub.PATH + "; Secure; HttpOnly; SameSite=Strict");
        answer(exchange, 204, "text/plain", "");
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.getResponseHeaders().add("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
        if (status != 204) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
