package io.rivulet.browser;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tabs of Chromium with the hub's client, that have one stream together: for tests of whole installations. */
public final class SharingTabs implements AutoCloseable {

    private final RemotePage origin = new RemotePage();
    private final List<Tab> tabs = new ArrayList<>();

    /** None yet. */
    public SharingTabs() throws IOException {
        // all of it is above
    }

    /** Whether this machine has a browser. */
    public static boolean areThere() {
        return Browser.isThereOrMustBe();
    }

    /** Whose pages they are: the hub has to let them in. */
    public String origin() {
        return origin.origin();
    }

    /** One of them. */
    public static final class Tab implements AutoCloseable {
        private final RemotePage page;
        private final Page view;

        private Tab(RemotePage page, Page view) {
            this.page = page;
            this.view = view;
        }

        /** Wants this topic as well, and waits until the stream has it. */
        public void subscribe(String topic) {
            page.run("await source.subscribe('" + topic + "')");
        }

        /** Wants it no more. */
        public void unsubscribe(String topic) {
            page.run("source.unsubscribe('" + topic + "')");
        }

        /** Waits until this is the last that it got. */
        public void awaitLast(String data) {
            page.await("got.at(-1) === '" + data + "'", "states + ' ' + got.slice(-9)");
        }

        /** All that it got, with commas. */
        public String got() {
            return page.eval("got.join()");
        }

        @Override
        public void close() {
            view.close();
            page.close();
        }
    }

    /** Opens one that listens to this topic of the hub at this port of 127.0.0.1, and waits until it hears. */
    public Tab open(int port, String topic) throws IOException {
        RemotePage page = new RemotePage();
        Tab tab = new Tab(page, Pages.CHROMIUM.window());
        tabs.add(tab);
        tab.view.begin(page.urlAt(origin));
        page.awaitAnother(null);
        String hub = "http://127.0.0.1:" + port;
        page.run("""
            const hub = '%s'
            const {Rivulet} = await import(hub + '/rivulet.js')
            self.got = []
            self.states = []
            self.source = new Rivulet(hub + '/api/updates?topic=%s', {share: true, pause: 1})
            source.onmessage = e => got.push(e.data)
            source.onstate = s => states.push(s.transport + ' ' + s.state)
            """.formatted(hub, topic));
        Await.until("it hears", Await.LIMIT.multipliedBy(2), () -> page.eval("states.at(-1)").equals("shared live"));
        return tab;
    }

    @Override
    public void close() {
        tabs.forEach(Tab::close);
        origin.close();
    }
}
