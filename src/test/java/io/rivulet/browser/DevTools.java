package io.rivulet.browser;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The protocol: numbered calls, their answers, and events for each session. Any thread. */
final class DevTools implements WebSocket.Listener {

    private static final Gson GSON = new Gson();

    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final Map<String, Consumer<JsonObject>> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    DevTools(URI address) {
        socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, this).join();
    }

    /** Gives the events of a session to this consumer, on the socket's thread. */
    void listen(String session, Consumer<JsonObject> events) {
        sessions.put(session, events);
    }

    /** Calls, and waits for the result; {@code session} is null for the browser itself. */
    JsonObject call(String session, String method, Map<String, ?> parameters) {
        try {
            // a browser that has just been started is still starting
            return send(session, method, parameters).get(3 * Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(method + " " + parameters + ": " + e, e);
        }
    }

    /** Calls without waiting, as the socket's own thread must. */
    CompletableFuture<JsonObject> send(String session, String method, Map<String, ?> parameters) {
        JsonObject call = new JsonObject();
        int id = next.incrementAndGet();
        call.addProperty("id", id);
        call.addProperty("method", method);
        call.add("params", GSON.toJsonTree(parameters));
        if (session != null) {
            call.addProperty("sessionId", session);
        }
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        calls.put(id, answer);
        synchronized (this) {
            // one send at a time is all a WebSocket takes
            if (!socket.isOutputClosed()) {
                socket.sendText(call.toString(), true).join();
            }
        }
        return answer;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        message.append(part);
        if (last) {
            JsonObject whole = GSON.fromJson(message.toString(), JsonObject.class);
            message.setLength(0);
            take(whole);
        }
        from.request(1);
        return null;
    }

    private void take(JsonObject whole) {
        if (!whole.has("id")) {
            String session = whole.has("sessionId") ? whole.get("sessionId").getAsString() : "";
            sessions.getOrDefault(session, event -> { }).accept(whole);
            return;
        }
        CompletableFuture<JsonObject> answer = calls.remove(whole.get("id").getAsInt());
        if (whole.has("error")) {
            answer.completeExceptionally(new AssertionError(whole.get("error").toString()));
        } else {
            answer.complete(whole.getAsJsonObject("result"));
        }
    }
}
