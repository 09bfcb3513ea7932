package io.rivulet.browser;

import org.junit.jupiter.api.Assumptions;

/**
 * The browsers that pages are tried in; each is started when it is first needed, and goes on for the other classes of
 * this package ({@link BrowsersEnd}). For the test's thread.
 */
enum Pages {
    CHROMIUM, FIREFOX;

    private static Browser chromium;
    private static Firefox firefox;

    /** A new page of it at this address; the test is skipped where there is no Firefox. */
    Page open(String url) {
        return (this == CHROMIUM ? chromium().tab() : firefox().page()).open(url);
    }

    /** An empty page; in Chromium in a window of its own, so that it is seen whatever other pages there are. */
    Page window() {
        return this == CHROMIUM ? chromium().window() : firefox().page();
    }

    /** For what only Chromium can be told. */
    static Browser chromium() {
        chromium = chromium == null ? Browser.installed() : chromium;
        return chromium;
    }

    private static Firefox firefox() {
        firefox = firefox == null ? Firefox.installed() : firefox;
        Assumptions.assumeTrue(firefox != null, "no Firefox on the PATH");
        return firefox;
    }

    /** Ends those that were started. */
    static void closeAll() {
        if (chromium != null) {
            chromium.close();
            chromium = null;
        }
        if (firefox != null) {
            firefox.close();
            firefox = null;
        }
    }
}
