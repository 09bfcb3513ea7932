package io.rivulet.browser;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A page that does in any browser what the test says, and the server that it comes from: it asks for the next thing to
 * do, and tells what came of it. So the same test drives browsers that have no protocol in common. The page is of
 * another origin than the hub. Pages of one origin ask a server each, for a browser has few connections to one of them.
 * The test's thread asks.
 */
final class RemotePage implements AutoCloseable {

    private static final Gson GSON = new Gson();
    private static final int ASK_S = 5;
    private static final String HTML = """
        <!doctype html><meta charset="utf-8"><title>client under test</title>
        <script type="module">
        const ask = fetch, page = crypto.randomUUID(), from = location.search.slice(1)
        async function obey() {
          for (;;) {
            const answer = await ask(from + '/next?' + page).catch(() => new Promise(again => setTimeout(again, 100)))
            if (answer?.status !== 200) continue // nothing to do, or the network is away
            const order = await answer.json()
            let said
            try {
              said = { value: await new Function('return (async () => {' + order.code + '\\n})()')() }
            } catch (e) {
              said = { error: String(e) + e.stack }
            }
            await ask(from + '/said?' + order.number, { method: 'POST', body: JSON.stringify(said) })
          }
        }
        obey() // without an end, which the document's load does not wait for
        </script>""";

    private static final String EMPTY = "<!doctype html><title>empty</title>";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-page");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder().executor(threads).build();
    private final Map<String, BlockingQueue<String>> orders = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile String page;
    private volatile int hub;
    private volatile String made = "";

    RemotePage() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
        server.setExecutor(threads);
        server.createContext("/page", exchange -> answer(exchange, 200, "text/html", HTML));
        server.createContext("/empty", exchange -> answer(exchange, 200, "text/html", EMPTY));
        server.createContext("/next", this::next);
        server.createContext("/said", this::said);
        server.createContext("/mute", this::mute);
        server.createContext("/made", this::made);
        server.start();
    }

    /** As browsers call it. */
    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String url() {
        return origin() + "/page";
    }

    /** A page that does nothing. */
    String emptyUrl() {
        return origin() + "/empty";
    }

    /** The same as a page of another's origin. */
    String urlAt(RemotePage other) {
        return other.url() + "?" + origin();
    }

    /** The port of the hub that stands behind {@code /mute}, where only complete answers get through. */
    void hub(int port) {
        hub = port;
    }

    /** The stream that {@code /made} gives, from now on; it stays open. */
    void made(String stream) {
        made = stream;
    }

    /** Waits for a page that has loaded, another one than before. */
    void awaitAnother(String before) {
        Await.until("the page has loaded", Await.LIMIT.multipliedBy(3), () -> page != null && !page.equals(before));
    }

    /** Loads the page anew, and gives the one that goes, for {@link #awaitAnother}. */
    String reload() {
        String before = page;
        order("location.reload()"); // the answer would be cut
        return before;
    }

    /** Runs this in the page; what it returns is JSON. */
    JsonElement run(String code) {
        JsonObject said;
        try {
            said = order(code).get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(code + ": " + e, e);
        }
        if (said.has("error")) {
            throw new AssertionError(code + ": " + said.get("error").getAsString());
        }
        return said.get("value");
    }

    private CompletableFuture<JsonObject> order(String code) {
        String number = Integer.toString(next.incrementAndGet());
        JsonObject order = new JsonObject();
        order.addProperty("number", number);
        order.addProperty("code", code);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        answers.put(number, answer);
        orders.get(page).add(GSON.toJson(order));
        return answer;
    }

    /** The value of an expression, as text; JSON where it is no text. */
    String eval(String expression) {
        JsonElement value = run("return " + expression);
        return value == null ? "" : value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /** Waits until an expression is true; tells of another one when it does not become so. */
    void await(String expression, String about) {
        Await.get(() -> expression + "; " + about + " is " + eval(about), Await.LIMIT,
            () -> eval(expression).equals("true") ? Boolean.TRUE : null);
    }

    private void next(HttpExchange exchange) throws IOException {
        String asking = exchange.getRequestURI().getQuery();
        BlockingQueue<String> fresh = new LinkedBlockingQueue<>();
        BlockingQueue<String> before = orders.putIfAbsent(asking, fresh);
        BlockingQueue<String> queue = before == null ? fresh : before;
        if (before == null) {
            page = asking; // only now: whoever awaits the page orders at once
        }
        try {
            String order = queue.poll(ASK_S, TimeUnit.SECONDS);
            answer(exchange, order == null ? 204 : 200, "application/json", order == null ? "" : order);
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    private void said(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answers.get(exchange.getRequestURI().getQuery()).complete(JsonParser.parseString(text).getAsJsonObject());
        answer(exchange, 204, "text/plain", "");
    }

    /**
     * As a proxy that keeps each answer until it is complete: a stream is opened, and nothing comes. Polls are short,
     * for the hub would not hear here that the page has left one.
     */
    private void mute(HttpExchange exchange) throws IOException {
        URI asked = exchange.getRequestURI();
        if (!asked.getRawQuery().contains("transport=poll")) {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            return;
        }
        try {
            String query = asked.getRawQuery().replace("timeout=25", "timeout=1");
            URI ofHub = URI.create("http://localhost:" + hub + asked.getRawPath().substring("/mute".length()) + "?"
                + query);
            HttpResponse<String> answer = client.send(HttpRequest.newBuilder(ofHub).build(),
                HttpResponse.BodyHandlers.ofString());
            answer(exchange, answer.statusCode(), answer.headers().firstValue("Content-Type").orElse("text/plain"),
                answer.body());
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    private void made(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(made.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        // browsers keep no page that is "no-store" to go back to
        exchange.getResponseHeaders().add("Cache-Control", type.equals("text/html") ? "no-cache" : "no-store");
        exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
        exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
        if (status != 204) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
