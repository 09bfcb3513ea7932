package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.FaultyProxy;
import io.rivulet.kit.FaultyProxy.Fault;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the doctor of the console measures and judges in Firefox; {@code DoctorIT} has all of it in Chromium. A page of
 * the WAR runs the same scripts, and tells what they say by publishing it.
 */
class DoctorInFirefoxIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PAGE =
        "<!doctype html><title>examines</title><script type='module' src='runs.js'></script>";
    /** It examines again, as a person would, where a busy machine let it judge nothing. */
    private static final String SCRIPT = """
        import { Examination } from './examine.js'
        import { verdict } from './diagnosis.js'
        const given = new URLSearchParams(location.hash.slice(1))
        const updates = new URL('../api/updates', document.baseURI).href
        let said = ''
        for (let i = 0; i < 5 && (i === 0 || said.includes('could not')); i++) {
          const all = {}
          await new Examination(updates, '', (check, what) => { what.level && (all[check] = what) }).run()
          said = verdict(Object.values(all)).text
            + Object.entries(all).map(([check, {level, value}]) => `\\n${check} ${level}: ${value}`).join('')
        }
        const headers = {Authorization: 'Bearer ' + given.get('token')}
        await fetch(updates + '?topic=judged', {method: 'POST', headers, body: given.get('name') + '\\n' + said})
        """;

    @TempDir
    private Path folder;

    private Path war() throws IOException {
        Path war = folder.resolve("examines.war");
        Files.copy(Path.of(System.getProperty("war", "target/rivulet.war")), war);
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + war.toUri()), Map.of())) {
            Files.writeString(files.getPath("/home/runs.html"), PAGE);
            Files.writeString(files.getPath("/home/runs.js"), SCRIPT);
        }
        return war;
    }

    private static String page(String name, int port) {
        return "http://127.0.0.1:" + port + "/home/runs.html#name=" + name + "&token=" + Token.all();
    }

    private static String said(EventStream reports, String name) {
        return Await.get(() -> "what the page " + name + " says; " + reports.events(), LIMIT, () -> reports.events()
            .stream().map(event -> event.data()).filter(data -> data.startsWith(name + "\n")).findFirst().orElse(null));
    }

    @Test
    void aProxyThatHoldsAStreamIsNamedAndAHealthyWayIsNot() throws Exception {
        Path firefox = Tools.program("firefox-esr", "firefox");
        try (Server hub = Token.believedBy(Server.in(Container.JETTY).war(war()).set("dev", "false")).start();
             FaultyProxy proxy = new FaultyProxy(hub.port(), Fault.HOLDS_ALL);
             EventStream reports = EventStream.to(hub).topic("judged").open()) {
            Firefox pages = new Firefox(firefox, page("healthy", hub.port()), page("held", proxy.port()));
            try {
                String healthy = said(reports, "healthy");
                assertTrue(healthy.startsWith("healthy\nAll is well"), healthy);
                assertTrue(healthy.contains("\nversion advice: HTTP/1.1"), healthy);
                String held = said(reports, "held");
                assertTrue(held.startsWith("held\nOne thing is wrong") && held.contains("\npace fault"), held);
                assertEquals(1, held.split(" fault: ").length - 1, held);
            } finally {
                pages.close();
            }
        }
    }
}
