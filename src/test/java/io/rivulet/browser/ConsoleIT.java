package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All pages of the console: found by their links, fit for a phone, both colour schemes and a screen reader. What
 * axe-core finds is serious where it says so; its file is as npm has it.
 */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class ConsoleIT {

    private static final String AXE = axe();
    private static final String FAULTS = "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations"
        + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
        + ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; '))"
        + ".join('\\n'))";
    /** Whether each page has what makes it worth to be looked at. */
    private static final List<String> FULL = List.of(
        "document.querySelectorAll('#page-live canvas').length === 2 && document.body.dataset.state === 'open'",
        "document.querySelectorAll('#try-parsed .data').length >= 4",
        "document.querySelectorAll('#page-operate .charts canvas').length === 3"
            + " && document.querySelectorAll('#connections tr, #topics tr').length >= 3"
            + " && document.querySelectorAll('#settings div').length >= 1",
        "document.getElementById('doctor-examine')?.disabled === false");
    private static final List<String> PAGES = List.of("live", "try", "operate", "doctor");

    @RegisterExtension
    static final PageHub HUB = PageHub.with(hub -> hub);

    private Page page;

    @Test
    void axeFindsNothingSeriousOnAnyPageInFirefox() throws IOException {
        try (EventStream other = EventStream.to(HUB.server()).topic("news").open()) {
            for (int i = 0; i < PAGES.size(); i++) {
                fill(Pages.FIREFOX, i);
                assertEquals("", faults(), PAGES.get(i));
                assertEquals(List.of(), page.complaints());
            }
            assertEquals(200, other.status());
        }
    }

    @Test
    void everyPageFitsAPhoneAndBothColourSchemesAndAxeFindsNothingSerious() throws IOException {
        try (EventStream other = EventStream.to(HUB.server()).topic("news").open()) {
            for (int i = 0; i < PAGES.size(); i++) {
                String name = PAGES.get(i);
                fill(Pages.CHROMIUM, i);
                Tab tab = (Tab) page;
                tab.size(1200, 900, false);
                tab.scheme("light");
                tab.screenshot(name + "-light");
                assertEquals("", faults(), name);
                tab.scheme("dark");
                tab.screenshot(name + "-dark");
                assertEquals("", faults(), name + " in the dark");
                tab.fitsPhone("#page-" + name + " *", "svg, .u-wrap, pre code, .table, .unseen");
                tab.screenshot(name + "-phone-dark");
                tab.scheme("light");
                tab.screenshot(name + "-phone-light");
                assertEquals("", faults(), name + " on a phone");
                assertEquals(List.of(), page.complaints());
            }
            assertEquals(200, other.status());
        }
    }

    @Test
    void thePagesAreReachedByTheKeyboardAndTheWayBack() {
        page = HUB.open(Pages.CHROMIUM, path("live"));
        Tab tab = (Tab) page;
        page.await("document.body.dataset.state === 'open'");
        page.eval("document.querySelector('nav a[href=\"#try\"]').focus()");
        tab.press("Enter", 13);
        page.await("document.title === 'Try · Rivulet' && !document.getElementById('page-try').hidden");
        page.await("document.activeElement.id === 'page-try'");
        assertEquals("#try", page.eval("document.querySelector('[aria-current]').getAttribute('href')"));
        assertEquals("page-try", page.eval("[...document.querySelectorAll('main')].filter(m => !m.hidden)"
            + ".map(m => m.id).join()"));
        page.eval("history.back()");
        page.await("document.title === 'Rivulet' && document.getElementById('page-try').hidden");
        page.eval("location.hash = '#notifications'");
        page.await("document.body.dataset.page === 'live'");
        assertEquals(List.of(), page.complaints());
    }

    private String faults() {
        return faults(page);
    }

    /** The same of any page. */
    static String faults(Page page) {
        page.eval("(() => {" + AXE + "\n})()");
        return page.eval(FAULTS);
    }

    /** Opens a page and lets it show something. */
    private void fill(Pages kind, int i) throws IOException {
        page = HUB.open(kind, path(PAGES.get(i)));
        if (PAGES.get(i).equals("try")) {
            page.await("document.getElementById('try-url').textContent !== ''");
            page.eval("document.getElementById('try-open').click()");
            page.await("document.getElementById('try-state').textContent === 'live'");
        }
        try (Publisher publisher = Publisher.to(HUB.server())) {
            for (String text : List.of("The ferry leaves in ten minutes", "Water level\nrising", "x".repeat(300))) {
                publisher.publish("news", text);
                publisher.publish("jobs/" + text.length(), text);
            }
        }
        Await.get(() -> FULL.get(i) + " at " + page.eval("location.href") + "; " + page.complaints(), Await.LIMIT,
            () -> page.eval(FULL.get(i)).equals("true") ? Boolean.TRUE : null);
    }

    private static String path(String name) {
        return name.equals("doctor") ? "/home/doctor.html" : "/#" + name;
    }

    private static String axe() {
        try (InputStream in = ConsoleIT.class.getResourceAsStream("axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
