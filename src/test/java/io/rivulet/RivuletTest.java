package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import jakarta.servlet.ServletContextEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of the hub: it starts without waiting, ends without leaving anything, and says where it is. */
class RivuletTest {

    @TempDir
    private Path folder;

    @Test
    void whatTheContextStartsIsGoneWhenItEnds() throws Exception {
        Rivulet rivulet = new Rivulet();
        for (int round = 1; round <= 2; round++) {
            ServletContextHandler context = context("rivulet.dev", "true", "rivulet.data.dir", folder.toString());
            ServletContextEvent event = new ServletContextEvent(context.getServletContext());
            rivulet.contextInitialized(event);
            RivuletHub hub = Rivulet.hub(context.getServletContext());
            Await.until("the hub is open", () -> hub.whyNotPublishing().isEmpty());
            assertNotNull(hub.publish("news", "x").get(20, TimeUnit.SECONDS));
            assertTrue(threads() > 0);
            rivulet.contextDestroyed(event);
            awaitNoThreads();
            assertThrows(IllegalStateException.class, () -> Rivulet.hub(context.getServletContext()));
        }
        assertTrue(Files.exists(folder.resolve("access.log")), "in dev mode requests are logged beside the data");
    }

    @Test
    void aBadSettingStopsTheStartAndLeavesNothing() throws Exception {
        assertStops("rivulet.heartbeat", "rivulet.heartbeat", "15");
        assertStops("rivulet.hartbeat", "rivulet.hartbeat", "15s");
        assertStops("rivulet.cors.origins", "rivulet.cors.origins", "*", "rivulet.data.dir", folder.toString());
        assertStops("rivulet.access.log", "rivulet.access.log", folder.toString(), "rivulet.data.dir",
            folder.toString());
        assertStops("rivulet.feed.quotes", "rivulet.feed.quotes", "/does/not/exist", "rivulet.data.dir",
            folder.toString());
    }

    /** Whoever cannot publish is told why; and no setting is named that nobody set. */
    @Test
    void aFolderThatCannotBeWrittenToIsToldToThoseWhoAreRefused() throws Exception {
        Path blocked = Files.writeString(folder.resolve("a file"), "where a folder should be");
        Rivulet rivulet = new Rivulet();
        ServletContextEvent event = new ServletContextEvent(context("rivulet.dev", "true", "rivulet.data.dir",
            blocked.resolve("data").toString()).getServletContext());
        rivulet.contextInitialized(event);
        try {
            RivuletHub hub = Rivulet.hub(event.getServletContext());
            Await.until("the reason", () -> refusal(hub).contains("cannot be used"));
            assertTrue(refusal(hub).startsWith("the store is not open: the data folder cannot be used: "),
                refusal(hub));
            assertFalse(refusal(hub).contains(folder.toString()), refusal(hub));
        } finally {
            rivulet.contextDestroyed(event);
        }
    }

    private static String refusal(RivuletHub hub) {
        return assertThrows(RivuletException.class, () -> hub.publish("news", "x")).getMessage();
    }

    private void assertStops(String named, String... parameters) throws Exception {
        ServletContextHandler context = context(parameters);
        RuntimeException stopped = assertThrows(RuntimeException.class,
            () -> new Rivulet().contextInitialized(new ServletContextEvent(context.getServletContext())));
        assertTrue(stopped.getMessage().contains(named), stopped.getMessage());
        awaitNoThreads();
        assertFalse(context.getServletContext().getAttributeNames().asIterator().hasNext()
            && context.getServletContext().getAttribute("io.rivulet.hub") != null);
    }

    private static ServletContextHandler context(String... parameters) {
        ServletContextHandler context = new ServletContextHandler("/");
        new Server().setHandler(context); // not started: the context only asks it for its name
        for (int i = 0; i < parameters.length; i += 2) {
            context.setInitParameter(parameters[i], parameters[i + 1]);
        }
        return context;
    }

    /** An executor that has terminated may have a thread on its last steps. */
    private static void awaitNoThreads() {
        Await.until("the end of the hub's threads", () -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("rivulet-") && t.isAlive()).count();
    }
}
