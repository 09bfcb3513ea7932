package io.rivulet.http.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HomePageTest {

    private static final Path WEBAPP = Path.of("src/main/webapp");
    private static final String URL = "http://localhost:8080/rivulet/api/updates";

    @Test
    void whatComesFromOutsideIsEscaped() {
        HomePage page = new HomePage("<p title=\"{{updates}}\">{{updates}}</p>", Settings.with(), List.of(), true,
            false);
        assertEquals("<p title=\"&lt;&quot;&amp;&#39;&gt;$1\">&lt;&quot;&amp;&#39;&gt;$1</p>", page.fill("<\"&'>$1"));
    }

    @Test
    void aNameThatNobodyFillsStopsTheStart() {
        assertThrows(IllegalStateException.class, () -> new HomePage("{{nobody}}", Settings.with(), List.of(), true,
            false));
    }

    @Test
    void whereNobodyMayPublishItSaysSoAndWhichSettingsOpenIt() throws IOException {
        String page = page(Settings.with(), List.of("clock"), true);
        assertTrue(page.contains("id=\"publishing-off\" >Publishing is off here"), page);
        assertTrue(page.contains("<code>rivulet.dev=true</code>") && page.contains("<code>rivulet.token.key</code>"));
        assertTrue(page.contains("id=\"token-label\" hidden>") && page.contains("<fieldset disabled>"), page);
        assertTrue(page.contains("<p class=\"empty\" data-for=\"host\" >Not published here"), page);
        assertTrue(page.contains("<p class=\"empty\" >No file is followed"), page);
    }

    @Test
    void whereTokensAreBelievedItAsksForOne() throws IOException {
        String[] tokens = {"resource", "https://e.com/.well-known/mercure", "token.issuer", "https://e.com",
            "token.key", "x".repeat(32)};
        String page = page(Settings.with(tokens), List.of(), true);
        assertTrue(page.contains("id=\"publishing-off\" hidden>") && page.contains("<fieldset >"), page);
        assertTrue(page.contains("id=\"token-label\" >Token <input id=\"token\" type=\"password\""), page);
        assertTrue(page.contains("placeholder=\"publishing takes one that grants the topic\""), page);
        assertTrue(page.contains("id=\"publishing-login\" hidden>"), page);
    }

    @Test
    void whereOnlyLoginsCountItSaysSo() throws IOException {
        String page = page(Settings.with("role.editor.publish", "*"), List.of(), true);
        assertTrue(page.contains("id=\"publishing-off\" hidden>"), page);
        assertTrue(page.contains("id=\"publishing-login\" >"), page);
        assertTrue(page.contains("id=\"token-label\" hidden>") && page.contains("<fieldset >"), page);
    }

    @Test
    void aLogWhoseLinesThisPageDoesNotGetIsCalledPrivate() throws IOException {
        String[] log = {"feed.log.app", "/app.log"};
        String hidden = "<p class=\"quiet\" hidden>Its lines are private";
        assertFalse(page(Settings.with(log), List.of("logs/app"), true).contains(hidden));
        assertTrue(page(Settings.with("feed.log.app", "/app.log", "feed.logs.public", "app"), List.of("logs/app"), true)
            .contains(hidden));
        assertTrue(page(Settings.with("feed.log.app", "/app.log", "dev", "true"), List.of("logs/app"), true)
            .contains(hidden));
    }

    @Test
    void inDevModeTheFormIsOpenAndTheLogIsNamed() throws IOException {
        String page = page(Settings.with("dev", "true"), List.of("clock", "host", "logs/access"), true);
        assertTrue(page.contains("id=\"publishing-off\" hidden>") && page.contains("<fieldset >"), page);
        assertTrue(page.contains("Waiting for a line of logs/access."), page);
        assertTrue(page.contains("data-topics=\"[&quot;clock&quot;,&quot;host&quot;,&quot;logs/access&quot;]\""), page);
    }

    @Test
    void pricesThatAreMadeUpAreCalledSimulatedAndOthersAreNot() throws IOException {
        assertTrue(page(Settings.with(), List.of(), true).contains("class=\"badge\" >simulated"));
        assertTrue(page(Settings.with(), List.of(), false).contains("class=\"badge\" hidden>simulated"));
    }

    @Test
    void theFooterHasTheVersionAndLeadsToTheHealth() throws IOException {
        String page = page(Settings.with(), List.of(), true);
        assertTrue(page.matches("(?s).*<span id=\"version\">\\d+\\.\\d+\\.\\d+[^<$]*</span>.*"), page);
        assertTrue(page.contains("<a href=\"health/ready\">"), page);
        assertTrue(page.contains("<a href=\"api/events?topic=news\">"), page);
    }

    @Test
    void commandsAreMadeFromTheRequestAndEveryLinkIsRelative() throws IOException {
        String page = page(Settings.with(), List.of(), true);
        assertTrue(page.contains("curl -N '<b data-updates>" + URL + "</b>?topic=news'"), page);
        assertFalse(page.matches("(?s).*(?:src|href|action)=\"(?:/|[a-z]+:).*"), page);
    }

    @Test
    void nothingOnThePageIsInlineOrFromElsewhere() throws IOException {
        String page = Files.readString(WEBAPP.resolve("WEB-INF/home.html"))
            + Files.readString(WEBAPP.resolve("home/doctor.html"));
        assertFalse(page.matches("(?s).*(?:<style|\\sstyle=|\\son[a-z]+=|<script>|//[a-z]+\\.).*"), page);
        try (Stream<Path> files = Files.list(WEBAPP.resolve("home"))) {
            for (Path file : files.filter(f -> f.toString().matches(".*\\.(js|css)")).toList()) {
                // the lines that the doctor shows are text, with addresses in some
                String text = Files.readString(file).replaceAll("(?s)/\\* from here \\*/.*?/\\* to here \\*/", "");
                assertFalse(text.matches("(?s).*(?:https?:|innerHTML|eval\\(|@import).*"), file.toString());
            }
        }
    }

    @Test
    void theVendoredFilesAreThoseThatWereRecorded() throws Exception {
        Path vendor = WEBAPP.resolve("home/vendor");
        List<String> sums = Files.readAllLines(vendor.resolve("SHA256SUMS"));
        try (Stream<Path> files = Files.list(vendor)) {
            assertEquals(files.count() - 1, sums.size());
        }
        for (String sum : sums) {
            String[] part = sum.split("  ");
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(vendor.resolve(part[1])));
            assertEquals(part[0], HexFormat.of().formatHex(digest), part[1]);
        }
    }

    private static String page(Settings settings, List<String> topics, boolean simulated) throws IOException {
        return new HomePage(Files.readString(WEBAPP.resolve("WEB-INF/home.html")), settings, topics, simulated, true)
            .fill(URL);
    }
}
