package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.Publisher;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
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

    /** Go compiles its own libraries when it is used for the first time. */
    private static final Duration COMPILE_LIMIT = Duration.ofMinutes(4);

    @RegisterExtension
    static final PageHub HUB = PageHub.with(hub -> hub.set("retry.min", "500ms").set("retry.max", "600ms")
        .set("resource", RESOURCE).set("token.issuer", "https://localhost").set("token.key", "k".repeat(40)));

    @TempDir
    private Path folder;
    private Page page;

    @ParameterizedTest
    @EnumSource
    void eachTransportShowsTheSameEventsAndResumesExactlyAfterACut(Pages kind) throws IOException {
        visit(kind);
        try (Publisher publisher = Publisher.to(HUB.server())) {
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
        try (Publisher publisher = Publisher.to(HUB.server())) {
            publisher.form("topic", "news", "type", "alert", "data", "<b>ü</b>");
        }
        page.await(DATA + " === '[\"<b>ü</b>\"]'");
        assertEquals("true", page.eval("[...document.querySelectorAll('#try-parsed .delta')].every((e, i) => "
            + "i === 0 ? e.textContent === 'first' : /^[+][0-9.]+ m?s$/.test(e.textContent))"));
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
        page.eval("(() => { const make = URL.createObjectURL; URL.createObjectURL = blob => { window.saved = blob;"
            + " return make.call(URL, blob) }; HTMLAnchorElement.prototype.click = () => {} })()");
        page.await("document.getElementById('record-count').textContent === '7 events'");
        click("#record-save");
        String saved = page.eval("window.saved.text()");
        assertEquals(7, saved.lines().count(), saved);
        load("no recording\n");
        page.await("document.getElementById('replayed').textContent.startsWith('This is no recording: ')");
        load(saved.lines().skip(4).map(line -> line + "\n").collect(Collectors.joining()));
        page.await("document.getElementById('record-count').textContent === '3 events'");
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

    /** As a person chooses a file. */
    private void load(String text) {
        page.eval("(() => { const chosen = new DataTransfer(); chosen.items.add(new File([" + new Gson().toJson(text)
            + "], 'mine.ndjson')); const input = document.getElementById('record-load'); input.files = chosen.files;"
            + " input.dispatchEvent(new Event('change')) })()");
    }

    @ParameterizedTest
    @EnumSource
    void aCursorABeginningAndRatesStandInTheUrlAndAreWhatTheStreamHas(Pages kind) throws IOException {
        String topic = HUB.topic();
        String cursor;
        try (Publisher publisher = Publisher.to(HUB.server())) {
            publisher.publish(topic, "0");
            cursor = publisher.publish(topic, "1");
            publisher.publish(topic, "2");
        }
        visit(kind);
        set("#try-form [name=topic]", topic);
        set("#try-form [name=last_event_id]", cursor);
        click("#try-open");
        page.await(DATA + " === '[\"2\"]'");
        assertEquals("exact", text("#try-resumed"));
        set("#try-form [name=last_event_id]", "");
        set("#try-form [name=since]", "last=2");
        click("#try-open");
        page.await(DATA + " === '[\"1\",\"2\"]'");
        set("#try-form [name=since]", "last");
        set("#try-form [name=rate]", "50");
        set("[name='topic.rate']", "2");
        click("[name=envelope]");
        assertTrue(text("#try-url").endsWith("?topic=" + topic + "&since=last&rate=50&topic.rate=2&envelope=json"),
            text("#try-url"));
        click("#try-open");
        page.await("JSON.parse(JSON.parse(" + DATA + ")[0] ?? '{}').data === '2'");
        page.await("document.getElementById('try-raw').textContent.includes('\"topics\":[\"" + topic + "\"]')");
        set("#try-form [name=since]", "some day");
        click("#try-open");
        page.await("document.getElementById('try-said').textContent.startsWith('400 ')"); // what the hub says of it
    }

    @ParameterizedTest
    @EnumSource
    void aTopicMayBeReadLetterByLetter(Pages kind) throws IOException {
        visit(kind);
        set("#try-form [name=topic]", "stars/*");
        set("#try-form [name=matcher]", "match_exact");
        assertTrue(text("#try-url").endsWith("?match_exact=stars%2F*"), text("#try-url"));
        click("#try-open");
        page.await("document.getElementById('try-state').textContent === 'live'");
        try (Publisher publisher = Publisher.to(HUB.server())) {
            publisher.publish("stars/any", "of a pattern");
            publisher.publish("stars/*", "of this name");
        }
        page.await(DATA + " === '[\"of this name\"]'");
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void aTopicMayBeReadAsAUrlPattern(Pages kind) throws IOException {
        visit(kind);
        set("#try-form [name=topic]", "https://example.com/stars/:id(\\d+)");
        set("#try-form [name=matcher]", "match_urlpattern");
        click("#try-open");
        page.await("document.getElementById('try-state').textContent === 'live'");
        try (Publisher publisher = Publisher.to(HUB.server())) {
            publisher.publish("https://example.com/stars/sun", "of a name");
            publisher.publish("https://example.com/stars/17", "of a number");
        }
        page.await(DATA + " === '[\"of a number\"]'");
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
        for (String language : List.of("curl", "python", "php", "java", "go")) {
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
        runInPage(data);
        set("#mint-form [name=publish]", "*");
        click("#mint-form button");
        page.await("document.getElementById('minted-token').textContent.length > 41");
        click("#mint-use");
        assertTrue(text("#snippet").contains("new Rivulet("), text("#snippet"));
        runInPage(data);
    }

    /** The code in JavaScript that listens and that publishes; each logs what it is about. */
    private void runInPage(String data) {
        click("[name=language][value=js]");
        for (String what : List.of("publish", "listen")) {
            click("[name=what][value=" + what + "]");
            String code = text("#snippet");
            String expected = what.equals("listen") ? data : "urn:rivulet:";
            page.eval("(() => { window.said = []; console.log = text => said.push(text);"
                + " (async () => {" + code + "\n})().catch(e => said.push(e)) })()");
            page.await("said.some(text => String(text).startsWith(" + new Gson().toJson(expected) + "))");
        }
    }

    /** Runs it until its output has this text; null where the machine lacks the language. */
    private String run(String language, String name, String code, String expected) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = switch (language) {
            case "curl" -> List.of("sh", "-c", code);
            case "java" -> List.of(java.toString(), file(name + ".java", code));
            case "python" -> List.of("python3", file(name + ".py", code));
            case "go" -> List.of("go", "run", file(name + ".go", code));
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
            Await.get(() -> language + " says " + expected + "; it says " + read(output) + " for " + code,
                language.equals("go") ? COMPILE_LIMIT : Await.LIMIT,
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
        page = HUB.open(kind, "/#try");
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
