package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.StreamRequest;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page Operate on the built WAR, in Chromium and in Firefox. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class OperatePageIT {

    @RegisterExtension
    static final PageHub HUB = PageHub.with(hub -> Token.believedBy(hub).sendBuffer(8_192).set("backlog.events", "16"));

    private Page page;

    @ParameterizedTest
    @EnumSource
    void aConnectionIsSeenTracedAndClosed(Pages kind) throws IOException {
        visit(kind, "operate");
        String topic = HUB.topic();
        String row = connectionOf(topic);
        try (EventStream other = EventStream.to(HUB.server()).topic(topic).open()) {
            assertEquals(200, other.status());
            page.await(row + " !== undefined");
            page.await("/Bytes sent a second[1-9]/.test(document.getElementById('rates').textContent)");
            page.await("/Publishingworks/.test(document.getElementById('health').textContent)");
            if (page instanceof Tab tab) {
                assertEquals(1, tab.asked().stream().filter(url -> url.contains("/api/")).count(),
                    () -> "all of it comes over one stream: " + tab.asked());
            }
            page.eval(row + ".querySelector('button').click()");
            page.await("document.getElementById('trace-log').textContent.includes('live, 0 behind')");
            assertEquals("Really?", page.eval("(button => { button.click(); const asks = button.textContent;"
                + " button.click(); return asks })(" + row + ".querySelectorAll('button')[1])"), "one closes nothing");
            page.await("document.getElementById('connections-said').textContent.includes('is closed')");
            page.await("document.getElementById('trace-log').textContent.includes('has ended')");
        }
        assertEquals(List.of(), page.complaints());
    }

    /** One that does not read. */
    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsBehindIsSeenWithItsLagAndWhatItWaitsFor(Pages kind) throws IOException {
        visit(kind, "operate");
        String topic = HUB.topic();
        String cell = "(" + connectionOf(topic) + ")?.children[%d].textContent";
        try (EventStream slow = EventStream.to(HUB.server()).topic(topic).receiveBuffer(4_096).open();
             Publisher publisher = Publisher.to(HUB.server())) {
            slow.awaitHello();
            slow.stall();
            for (int i = 0; i < 100; i++) {
                publisher.publish(topic, "x".repeat(10_000));
            }
            page.await(cell.formatted(2) + " === 'behindwaits for its socket'");
            page.await("/^[1-9][0-9]* ?[0-9.]+ s$/.test(" + cell.formatted(3) + ")");
            page.await("/^[1-9][0-9]* [KM]?i?B/.test(" + cell.formatted(4) + ")");
            page.await("document.querySelector('#waiting dd span').textContent === '1'");
            slow.resume();
            page.await(cell.formatted(2) + " === 'livekeeps up'");
        }
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPublishedDeliveredReplayedRefusedAndSentIsDrawn(Pages kind) throws IOException {
        visit(kind, "operate");
        String topic = HUB.topic();
        String rates = "[...document.querySelectorAll('#rates div')].map(each => each.children[0].textContent + ' '"
            + " + each.children[1].textContent)";
        try (Publisher publisher = Publisher.to(HUB.server())) {
            Await.get(() -> "figures, not " + page.eval(rates), Await.LIMIT, () -> {
                publishAndReplay(publisher, topic);
                return page.eval("(all => ['Published', 'Delivered', 'Replayed', 'Refused', 'Opened', 'Bytes sent']"
                    + ".every(name => all.some(each => new RegExp(name + ' a second (0[.]0*)?[1-9]').test(each))))("
                    + rates + ")")
                    .equals("true") ? Boolean.TRUE : null;
            });
        }
        page.await("document.querySelectorAll('#page-operate .charts .uplot canvas').length === 3");
        assertEquals("published refused a second|delivered live replayed a second|sent live replayed written KiB/s",
            page.eval("[...document.querySelectorAll('.charts figcaption')].map(e => e.textContent).join('|')"));
        assertEquals(List.of(), page.complaints());
    }

    /** One event, one that is refused, and somebody who gets what is there. */
    private static void publishAndReplay(Publisher publisher, String topic) {
        try (EventStream late = EventStream.to(HUB.server()).topic(topic).since("earliest").open()) {
            publisher.publish(topic, "one");
            assertEquals(400, publisher.form("topic", topic, "type", "rivulet.mine", "data", "no").status());
            late.awaitEvent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsBannedIsCutAndKeptOut(Pages kind) throws IOException {
        visit(kind, "operate");
        String topic = HUB.topic();
        String row = connectionOf(topic);
        StreamRequest ann = EventStream.to(HUB.server()).topic(topic).header("Authorization", "Bearer "
            + Token.v1().subscribe("*").claim("sub", "\"ann of " + topic + "\"").sign());
        try (EventStream other = ann.open()) {
            page.await(row + " !== undefined");
            page.eval("(button => { button.click(); button.click() })(" + row + ".querySelectorAll('button')[2])");
            page.await("document.getElementById('connections-said').textContent.includes('is kept out')");
            Await.until("her stream has ended", other::isEnded);
        }
        assertEquals(204, ann.exchange().status(), "what makes an EventSource give up");
        page.await(row + " === undefined");
        assertEquals(List.of(), page.complaints());
    }

    /** The row of the connection that listens to this topic. */
    private static String connectionOf(String topic) {
        return "[...document.querySelectorAll('#connections tr')]"
            + ".find(row => row.children[1].firstChild.textContent === '" + topic + "')";
    }

    @ParameterizedTest
    @EnumSource
    void theHubWorksForThePageWhileItIsLookedAtAndNoLonger(Pages kind) {
        visit(kind, "live");
        String listeners = "fetch('api/topics?topic=rivulet/rates').then(a => a.json()).then(a => a.listeners === %d)";
        page.await(listeners.formatted(0));
        page.eval("location.hash = '#operate'");
        page.await(listeners.formatted(1));
        page.await("document.getElementById('rates').textContent.includes('Streams')");
        page.eval("location.hash = '#live'");
        page.await(listeners.formatted(0));
        page.eval("location.hash = '#operate'");
        page.await(listeners.formatted(1));
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void aTopicsHistoryIsBrowsedAndWhatComesIsTraced(Pages kind) throws IOException {
        String topic = HUB.topic();
        try (Publisher publisher = Publisher.to(HUB.server())) {
            for (int i = 1; i <= 60; i++) {
                publisher.publish(topic, "event " + i);
            }
            visit(kind, "operate");
            String row = "[...document.querySelectorAll('#topics tr')]"
                + ".find(row => row.children[0].textContent === '" + topic + "')";
            page.await(row + "?.children[2].textContent === '60'");
            String range = page.eval("(row => row.children[3].textContent + ' ' + row.children[4].textContent)(" + row
                + ")");
            assertTrue(range.matches("[0-9:]{8} [0-9:]{8}|.*[a-zA-Z].*"), "of its oldest and newest: " + range);
            page.eval(row + ".querySelector('button').click()");
            String shown = "[...document.querySelectorAll('#history-events .data')].map(e => e.textContent)";
            page.await(shown + ".length === 50 && " + shown + "[49] === 'event 60'");
            page.eval("document.getElementById('history-first').click()");
            page.await(shown + "[0] === 'event 1'");
            page.eval("document.getElementById('history-more').click()");
            page.await(shown + ".length === 60 && document.getElementById('history-more').disabled");
            page.eval(row + ".querySelectorAll('button')[1].click()");
            page.await("document.getElementById('trace-log').textContent.includes('listening')");
            publisher.publish(topic, "one that comes");
            page.await("document.getElementById('trace-log').textContent.includes('one that comes')");
        }
        assertEquals(List.of(), page.complaints());
    }

    @ParameterizedTest
    @EnumSource
    void aTokenIsReadInThePageAndJudgedByTheHubWhenItIsAsked(Pages kind) {
        visit(kind, "operate");
        page.eval("(() => { const e = document.getElementById('inspect-token'); e.value = "
            + new Gson().toJson(Token.v1().publish("jobs/*").sign()) + "; e.dispatchEvent(new Event('input')) })()");
        String told = page.eval("document.getElementById('inspected').textContent");
        assertTrue(told.contains("HS256") && told.contains(Token.ISSUER), told);
        assertTrue(told.contains("may publishjobs/*") && told.contains("in 60 min"), told);
        page.eval("document.getElementById('inspect-ask').click()");
        page.await("document.getElementById('inspected').textContent.includes('publishyes')");
        page.await("document.getElementById('inspected').textContent.includes('operateno: ')");
        page.await("document.getElementById('settings').textContent.includes('rivulet.token.keya secretcontext"
            + " parameter')");
        assertEquals("false", page.eval("document.documentElement.outerHTML.includes('" + Token.SECRET + "')"));
        assertEquals(List.of(), page.complaints());
    }

    private void visit(Pages kind, String name) {
        page = HUB.open(kind, "/#" + name);
        page.await("document.getElementById('state').textContent === 'live'"
            + " || document.getElementById('operate-said').textContent.startsWith('Live')");
    }
}
