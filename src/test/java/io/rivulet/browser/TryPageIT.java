package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page Try on the built WAR, in Chromium and in Firefox. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class TryPageIT {

    private static final String RESOURCE = "http://localhost/.well-known/mercure";
    private static final String DATA = "JSON.stringify([...document.querySelectorAll("
        + "'#try-parsed .arrived:not(.quiet):not(.mark) .data')].map(e => e.textContent))";

    @TempDir
    private Path folder;
    private Server server;
    private Page page;

    @AfterAll
    static void end() {
        Pages.closeAll();
    }

    @BeforeEach
    void serve() {
        server = Server.in(Container.JETTY).set("retry.min", "500ms").set("retry.max", "600ms")
            .set("resource", RESOURCE).set("token.issuer", "https://localhost").set("token.key", "k".repeat(40))
            .start();
        server.awaitOpen();
    }

    @AfterEach
    void leave() {
        if (page != null) {
            page.close();
        }
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void eachTransportShowsTheSameEventsAndResumesExactlyAfterACut(Pages kind) throws IOException {
        visit(kind);
        try (Publisher publisher = Publisher.to(server)) {
            for (String transport : List.of("fetch", "poll", "eventsource")) {
                String topic = "cut/" + transport;
                set("#try-form [name=topic]", topic);
                click("[name=transport][value=" + transport + "]");
                click("#try-open");
                page.await("document.getElementById('try-resumed').textContent === 'live'");
                publisher.publish(topic, "one\ntwo");
                page.await(DATA + " === '[\"one\\\\ntwo\"]'");
                click("#try-cut");
                page.await("document.querySelectorAll('#try-parsed .mark').length >= 1");
                publisher.publish(topic, "meanwhile");
                page.await("document.querySelectorAll('#try-parsed .mark').length === 2");
                publisher.publish(topic, "after");
                page.await(DATA + " === '[\"one\\\\ntwo\",\"meanwhile\",\"after\"]'");
                assertEquals("exact", text("#try-resumed"), transport);
                assertTrue(text("#try-parsed .mark:nth-of-type(n+2)").isEmpty()
                    || page.eval("[...document.querySelectorAll('.mark')][1].textContent").contains("nothing missed"),
                    transport);
                click("#try-close");
            }
        }
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void theBytesStandBesideWhatTheyMean(Pages kind) throws IOException {
        visit(kind);
        click("#try-open");
        page.await("document.getElementById('try-state').textContent === 'live'");
        try (Publisher publisher = Publisher.to(server)) {
            publisher.form("topic", "news", "type", "alert", "data", "<b>ü</b>");
        }
        page.await(DATA + " === '[\"<b>ü</b>\"]'");
        assertEquals("alert", page.eval("[...document.querySelectorAll('#try-parsed .badge')].at(-2).textContent"));
        page.await("document.getElementById('try-raw').textContent.includes('event: alert\\ndata: <b>ü</b>\\nid: ')");
        String id = page.eval("[...document.querySelectorAll('#try-parsed .id')].at(-1).textContent");
        assertTrue(id.startsWith("urn:rivulet:"), id);
        // event, data, id and the empty line, in UTF-8
        int bytes = ("event: alert\ndata: <b>ü</b>\nid: " + id + "\n\n").getBytes(StandardCharsets.UTF_8).length;
        assertEquals(bytes + " B", page.eval("[...document.querySelectorAll('#try-parsed .size')].at(-1).textContent"));
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void linesArePublishedRecordedAndReplayed(Pages kind) {
        visit(kind);
        click("#try-open");
        page.await("document.getElementById('try-state').textContent === 'live'");
        set("#send-form [name=data]", "a\nb\nc");
        click("[name=mode][value=lines]");
        click("#send");
        page.await(DATA + " === '[\"a\",\"b\",\"c\"]'");
        page.await("document.getElementById('sent').textContent.startsWith('Published 3 lines')");
        page.await("document.getElementById('record-count').textContent === '4 events'");
        click("[name=pace][value='0']");
        click("#replay");
        page.await(DATA + " === '[\"a\",\"b\",\"c\",\"a\",\"b\",\"c\"]'");
        click("#try-clear");
        click("#replay-publish");
        click("#replay");
        page.await(DATA + " === '[\"a\",\"b\",\"c\"]'");
        click("[name=mode][value=loop]");
        click("#send");
        page.await(DATA + ".split(',').length >= 8");
        click("#send-stop");
        page.await("document.getElementById('send-stop').disabled");
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void aTokenIsMadeAndUsed(Pages kind) {
        visit(kind);
        set("#mint-form [name=publish]", "jobs/*");
        click("#mint-form button");
        page.await("document.getElementById('minted-token').textContent.length > 41");
        click("#mint-use");
        String token = page.eval("document.getElementById('try-token').value");
        assertEquals(token, text("#minted-token"));
        assertTrue(text("#snippet").contains("Bearer " + token), "the code has it");
        set("#send-form [name=topic]", "news");
        click("#send");
        page.await("document.getElementById('sent').textContent.startsWith('403')");
        set("#send-form [name=topic]", "jobs/7");
        click("#send");
        page.await("document.getElementById('sent').textContent.startsWith('Published as urn:rivulet:')");
    }

    /** Each that this machine can run: the commands are what somebody copies first. */
    @Test
    void theCodeThatIsShownWorks() throws Exception {
        visit(Pages.CHROMIUM);
        String topic = "it's \"$topic\" \\ %41 & ü";
        set("#try-form [name=topic]", topic);
        set("#send-form [name=topic]", topic);
        set("[name=since]", "earliest");
        String data = "it's \"so\" $HOME \\n `x` \\\\ ü";
        set("#send-form [name=data]", data);
        int ran = 0;
        for (String language : List.of("curl", "python", "php", "java")) {
            page.eval("document.querySelector('[name=language][value=" + language + "]').click()");
            page.eval("document.querySelector('[name=what][value=publish]').click()");
            String answer = run(language, "Publish", text("#snippet"), "urn:rivulet:");
            page.eval("document.querySelector('[name=what][value=listen]').click()");
            ran += answer == null ? 0 : 1;
            if (answer != null) {
                run(language, "Listen", text("#snippet"), data);
            }
        }
        assertTrue(ran >= 1, "java is always there");
    }

    /** Runs it until its output has this text; null where the machine lacks the language. */
    private String run(String language, String name, String code, String expected) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = switch (language) {
            case "curl" -> List.of("sh", "-c", code);
            case "java" -> List.of(java.toString(), file(name + ".java", code));
            case "python" -> List.of("python3", file(name + ".py", code));
            default -> List.of(language, file(name + "." + language, code));
        };
        String program = language.equals("curl") ? "curl" : command.get(0);
        if (!program.startsWith("/") && List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .noneMatch(at -> Files.isExecutable(Path.of(at, program)))) {
            return null;
        }
        File output = folder.resolve("output-" + language + name).toFile();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
        try {
            Await.get(() -> language + " says " + expected + "; it says " + read(output) + " for " + code, Await.LIMIT,
                () -> read(output).contains(expected) ? Boolean.TRUE : null);
            return read(output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    private String file(String name, String code) throws IOException {
        return Files.writeString(folder.resolve(name), code).toString();
    }

    private static String read(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException e) {
            return "";
        }
    }

    private void visit(Pages kind) {
        page = kind.open("http://localhost:" + server.port() + "/#try");
        page.await("document.getElementById('try-url').textContent !== ''");
    }

    private void set(String selector, String value) {
        page.eval("(() => { const e = document.querySelector(" + new Gson().toJson(selector) + "); e.value = "
            + new Gson().toJson(value) + "; e.dispatchEvent(new Event('input', { bubbles: true })) })()");
    }

    private void click(String selector) {
        page.eval("document.querySelector(" + new Gson().toJson(selector) + ").click()");
    }

    private String text(String selector) {
        return page.eval("document.querySelector(" + new Gson().toJson(selector) + ")?.textContent ?? ''");
    }
}
