package io.rivulet.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One tab: what a person does with it, and what they see. For the test's thread. */
public final class Tab implements Page {

    private static final int PHONE = 390;
    private static final String SCROLLED = "document.documentElement.scrollWidth";
    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    private final DevTools tools;
    private final String target;
    private final String session;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> blocked = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int blockStatus;
    private volatile Map<String, ?> blockAnswer = Map.of();

    Tab(DevTools tools, String target, String session) {
        this.tools = tools;
        this.target = target;
        this.session = session;
        tools.listen(session, this::event);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** Loads a page and waits until its document is there. */
    @Override
    public Tab open(String url) {
        begin(url);
        await("document.readyState === 'complete' && location.href !== 'about:blank'");
        return this;
    }

    @Override
    public void begin(String url) {
        call("Page.navigate", Map.of("url", url));
    }

    /** From now on any certificate will do. */
    Tab trustAnybody() {
        call("Security.setIgnoreCertificateErrors", Map.of("ignore", true));
        return this;
    }

    /** The value of an expression, as text. */
    @Override
    public String eval(String expression) {
        JsonObject result = call("Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        JsonElement value = result.getAsJsonObject("result").get("value");
        return value == null || value.isJsonNull() ? "" : value.isJsonPrimitive() ? value.getAsString()
            : value.toString();
    }

    /** The text of the first element that a selector finds. */
    String text(String selector) {
        return eval("document.querySelector('" + selector + "').textContent.trim()");
    }

    /** Waits until an expression is true. */
    @Override
    public void await(String expression) {
        await(expression, Await.LIMIT);
    }

    /** The same for what takes its time. */
    void await(String expression, Duration limit) {
        Await.get(() -> expression + " at " + eval("location.href") + "; complaints: " + complaints, limit,
            () -> eval(expression).equals("true") ? Boolean.TRUE : null);
    }

    /**
     * Makes the screen a phone's, and waits until nothing reaches beyond it. Charts are told of their new width one
     * frame after the page has it.
     *
     * @param within a selector of what is looked at
     * @param but    a selector of what may be wider, since it scrolls by itself
     */
    void fitsPhone(String within, String but) {
        size(PHONE, 844, true);
        String wider = "[...document.querySelectorAll('" + within + "')].filter(e => !e.closest('" + but + "')"
            + " && e.getBoundingClientRect().right > " + PHONE + ").map(e => e.outerHTML.slice(0, 80)).join()";
        Await.get(() -> "a page that fits; wider is " + eval(wider) + ", all " + eval(SCROLLED), Await.LIMIT,
            () -> eval("innerWidth + ' ' + " + SCROLLED).equals(PHONE + " " + PHONE) && eval(wider).isEmpty()
                ? Boolean.TRUE : null);
    }

    /** Types into the element that a selector finds, after emptying it. */
    void type(String selector, String text) {
        eval("(() => { const e = document.querySelector('" + selector + "'); e.focus(); e.select() })()");
        call("Input.insertText", Map.of("text", text));
    }

    /** Clicks in the middle of the element that a selector finds, with the mouse. */
    void click(String selector) {
        String[] place = eval("(() => { const e = document.querySelector('" + selector + "');"
            + " e.scrollIntoView({block: 'center', behavior: 'instant'});"
            + " const r = e.getBoundingClientRect(); return (r.x + r.width / 2) + ' ' + (r.y + r.height / 2) })()")
            .split(" ");
        for (String kind : List.of("mousePressed", "mouseReleased")) {
            call("Input.dispatchMouseEvent", Map.of("type", kind, "x", Double.valueOf(place[0]),
                "y", Double.valueOf(place[1]), "button", "left", "clickCount", 1));
        }
    }

    /** Presses a key where the focus is. */
    void press(String key, int code) {
        for (String kind : List.of("rawKeyDown", "char", "keyUp")) {
            call("Input.dispatchKeyEvent", Map.of("type", kind, "key", key, "code", key, "text", "\r",
                "windowsVirtualKeyCode", code));
        }
    }

    /** The window's size in CSS pixels, and whether it is a phone. */
    void size(int width, int height, boolean phone) {
        call("Emulation.setDeviceMetricsOverride",
            Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
    }

    /** The colour scheme that the system asks for: dark or light. */
    void scheme(String name) {
        call("Emulation.setEmulatedMedia",
            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", name))));
    }

    /** From now on every request to a URL of this pattern is answered with this status; 0 for no answer at all. */
    void block(String pattern, int status) {
        answer(pattern, status, "text/plain", "");
    }

    /** From now on every request to a URL of this pattern gets this answer, and the server nothing. */
    void answer(String pattern, int status, String type, String body) {
        blockStatus = status;
        blockAnswer = Map.of("responseCode", status, "responseHeaders",
            List.of(Map.of("name", "Content-Type", "value", type)),
            "body", Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)));
        call("Fetch.enable", Map.of("patterns", List.of(Map.of("urlPattern", pattern))));
    }

    /** The URLs of the requests that were blocked, in their order. */
    List<String> blocked() {
        return blocked;
    }

    /** The URLs of all that the page has asked for, in their order; of a stream once for each attempt. */
    List<String> asked() {
        return asked;
    }

    /** No longer. */
    void unblock() {
        call("Fetch.disable", Map.of());
    }

    /** The whole page as a picture, below {@code target/screenshots}. */
    Path screenshot(String name) {
        JsonObject picture = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png"));
        try {
            return Files.write(Files.createDirectories(SCREENSHOTS).resolve(name + ".png"),
                Base64.getDecoder().decode(picture.get("data").getAsString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the browser had to complain about: errors, warnings, broken policies. */
    @Override
    public List<String> complaints() {
        return complaints;
    }

    /** Whether the tab is frozen, as browsers do with those that nobody looks at: nothing of it runs. */
    void freeze(boolean isFrozen) {
        call("Page.setWebLifecycleState", Map.of("state", isFrozen ? "frozen" : "active"));
    }

    /** Whether the tab has no network, and knows it. */
    void offline(boolean isOffline) {
        call("Network.emulateNetworkConditions", Map.of("offline", isOffline, "latency", 0,
            "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** Its renderer ends as by a fault. */
    void crash() {
        tools.send(session, "Page.crash", Map.of()); // nobody is left to answer
    }

    void bringToFront() {
        call("Page.bringToFront", Map.of());
    }

    @Override
    public void close() {
        tools.call(null, "Target.closeTarget", Map.of("targetId", target));
    }

    private JsonObject call(String method, Map<String, ?> parameters) {
        return tools.call(session, method, parameters);
    }

    private void event(JsonObject event) {
        JsonObject about = event.getAsJsonObject("params");
        switch (event.get("method").getAsString()) {
            case "Runtime.exceptionThrown" -> complaints.add("exception " + about.get("exceptionDetails"));
            case "Log.entryAdded" -> {
                JsonObject entry = about.getAsJsonObject("entry");
                if (!entry.get("level").getAsString().matches("verbose|info")) {
                    complaints.add(entry.get("source").getAsString() + " " + entry.get("text").getAsString() + " "
                        + entry.get("url"));
                }
            }
            case "Runtime.consoleAPICalled" -> {
                if (about.get("type").getAsString().matches("error|warning|assert")) {
                    complaints.add("console " + about.get("args"));
                }
            }
            case "Fetch.requestPaused" -> paused(about);
            case "Network.requestWillBeSent" -> asked.add(about.getAsJsonObject("request").get("url").getAsString());
            default -> { }
        }
    }

    private void paused(JsonObject about) {
        String id = about.get("requestId").getAsString();
        blocked.add(about.getAsJsonObject("request").get("url").getAsString());
        if (blockStatus == 0) {
            tools.send(session, "Fetch.failRequest", Map.of("requestId", id, "errorReason", "ConnectionFailed"));
        } else {
            Map<String, Object> answer = new HashMap<>(blockAnswer);
            answer.put("requestId", id);
            tools.send(session, "Fetch.fulfillRequest", answer);
        }
    }
}
