package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The home page below a context path and under other names: its links and its commands are right there. */
@OnEveryContainer
class HomeAddressIT {

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)\"|(?:from |import\\()'\\./([^']+)'");
    private final Container container;

    HomeAddressIT(Container container) {
        this.container = container;
    }

    @Test
    void everyLinkOfThePageLeadsSomewhereBelowTheContextPath() throws IOException {
        try (Server server = Server.in(container).at("/rivulet").start()) {
            List<String> seen = new ArrayList<>();
            for (String link : links(get(server, "/rivulet/", "localhost").text())) {
                WireResponse answer = get(server, "/rivulet/" + link, "localhost");
                assertEquals(200, answer.status(), link);
                seen.add(link);
                if (link.endsWith(".js")) {
                    modules(server, answer.text(), seen);
                }
            }
            assertTrue(seen.containsAll(List.of("home/home.css", "home/rivulet.svg", "home/land.svg",
                "home/vendor/uPlot.iife.min.js", "app.js", "stream.js", "views.js", "try.js", "sse.js")),
                seen.toString());
        }
    }

    /** Those that a script imports, and those that they import. */
    private static void modules(Server server, String script, List<String> seen) throws IOException {
        for (String module : links(script)) {
            if (!seen.contains(module)) {
                seen.add(module);
                WireResponse answer = get(server, "/rivulet/home/" + module, "localhost");
                assertEquals(200, answer.status(), module);
                modules(server, answer.text(), seen);
            }
        }
    }

    @Test
    void commandsAreMadeFromTheRequest() throws IOException {
        try (Server server = Server.in(container).at("/rivulet").start()) {
            for (String path : List.of("/rivulet/", "/rivulet/index.html")) {
                String page = get(server, path, "hub.example:8443").text();
                assertTrue(page.contains("curl -N '<b data-updates>http://hub.example:8443/rivulet/api/updates</b>?"),
                    page);
            }
            assertTrue(get(server, "/rivulet/", "[::1]:80").text().contains("http://[::1]:80/rivulet/api/updates"));
        }
    }

    @Test
    void withoutItsSlashTheContextPathLeadsToThePage() throws IOException {
        try (Server server = Server.in(container).at("/rivulet").start()) {
            WireResponse answer = get(server, "/rivulet", "localhost");
            assertTrue(answer.status() / 100 == 3 && answer.header("Location").endsWith("/rivulet/"),
                answer.status() + " " + answer.header("Location"));
        }
    }

    @Test
    void thePageIsHtmlUnderAStrictPolicyAndAlwaysAskedForAgain() throws IOException {
        try (Server server = Server.in(container).start()) {
            WireResponse page = get(server, "/", "localhost");
            assertEquals(200, page.status());
            assertEquals("text/html;charset=utf-8", page.header("Content-Type").toLowerCase());
            assertEquals("no-cache", page.header("Cache-Control"));
            assertEquals("no-cache", get(server, "/home/app.js", "localhost").header("Cache-Control"));
            String policy = page.header("Content-Security-Policy");
            assertTrue(policy.contains("default-src 'none'") && !policy.contains("unsafe"), policy);
            assertEquals(404, get(server, "/WEB-INF/home.html", "localhost").status());
            int folder = get(server, "/home/", "localhost").status();
            assertTrue(folder == 403 || folder == 404, "no list of files, but " + folder);
        }
    }

    @Test
    void outsideDevModeItNamesWhatOpensThings() throws IOException {
        try (Server server = Server.in(container).set("dev", "false").start()) {
            String page = get(server, "/", "localhost").text();
            assertTrue(page.contains("<fieldset disabled>") && page.contains("id=\"publishing-off\" >"), page);
            assertTrue(page.contains("[&quot;clock&quot;,&quot;earthquakes&quot;,"), page);
            assertTrue(!page.contains("&quot;host&quot;") && !page.contains("&quot;logs/"), page);
        }
    }

    @Test
    void theClientIsServedAsItIsToPagesOfEveryOriginAndOnce() throws IOException {
        try (Server server = Server.in(container).at("/rivulet").start()) {
            for (String name : List.of("rivulet.js", "rivulet.es5.js", "rivulet.d.ts")) {
                WireResponse file = get(server, "/rivulet/" + name, "localhost");
                assertEquals(200, file.status(), name);
                assertEquals(Files.readString(Path.of("src/main/client", name)), file.text());
                assertEquals(name.endsWith(".js") ? "text/javascript;charset=utf-8" : "text/plain;charset=utf-8",
                    file.header("Content-Type").toLowerCase());
                assertEquals("*", file.header("Access-Control-Allow-Origin"));
                assertEquals("no-cache", file.header("Cache-Control"));
                assertEquals(304, WireClient.exchange(server, "GET /rivulet/" + name + " HTTP/1.1\r\nHost: a\r\n"
                    + "If-None-Match: " + file.header("ETag") + "\r\nConnection: close\r\n\r\n").status());
            }
        }
    }

    private static WireResponse get(Server server, String path, String host) throws IOException {
        return WireClient.exchange(server,
            "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private static List<String> links(String text) {
        List<String> links = new ArrayList<>();
        Matcher link = LINK.matcher(text);
        while (link.find()) {
            links.add(link.group(1) != null ? link.group(1) : link.group(2));
        }
        return links;
    }
}
