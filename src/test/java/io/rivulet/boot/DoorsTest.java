package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.kit.Await;
import io.rivulet.kit.HubThreads;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub registers in a web application, and when it refuses to. */
class DoorsTest {

    @TempDir
    private Path folder;
    private Assembly hub;

    @AfterEach
    void stop() {
        if (hub != null) {
            hub.close();
        }
    }

    @Test
    void belowAPrefixEveryPathBeginsWithIt() {
        ServletContext application = application();
        hub = start(application, Mount.at("/live"));
        Map<String, Set<String>> mappings = mappings(application);
        assertEquals(Set.of("/live/api/updates", "/live/api/updates/"), mappings.get("rivulet-updates"));
        assertEquals(Set.of("/live/*"), mappings.get("rivulet-error"));
        assertNull(mappings.get("rivulet-home"));
        assertTrue(mappings.values().stream().flatMap(Set::stream).allMatch(path -> path.startsWith("/live/")));
        assertEquals(Set.of(), Set.copyOf(edge(application).getUrlPatternMappings()));
        assertEquals(mappings.keySet(), Set.copyOf(edge(application).getServletNameMappings()));
    }

    @Test
    void atTheRootOfAnotherApplicationThereAreTheServletsPathsAlone() {
        ServletContext application = application();
        hub = start(application, Mount.at(""));
        assertNull(application.getServletRegistration("rivulet-error"));
        assertNull(application.getServletRegistration("rivulet-home"));
        assertEquals(Set.of(), Set.copyOf(edge(application).getUrlPatternMappings()));
    }

    @Test
    void anApplicationMayDoWithoutTheEdge() {
        ServletContext application = application();
        hub = start(application, new Mount("/live", false, false, false));
        assertNull(application.getFilterRegistration("rivulet-edge"));
    }

    @Test
    void whoAsksForTheHomePageGetsItAtThePrefix() {
        ServletContext application = application();
        hub = start(application, Mount.at("/live").withHome());
        assertEquals(Set.of("/live", "/live/", "/live/index.html"), mappings(application).get("rivulet-home"));
        assertEquals(Set.of("/live/home/*"), mappings(application).get("rivulet-home-files"));
    }

    @Test
    void inTheWarTheEdgeStandsBeforeEverything() {
        ServletContext application = application();
        hub = start(application, Mount.WAR);
        assertEquals(Set.of("/*"), Set.copyOf(edge(application).getUrlPatternMappings()));
        assertEquals(Set.of("/problem", "/io/*"), mappings(application).get("rivulet-error"));
        assertEquals(Set.of("", "/index.html"), mappings(application).get("rivulet-home"));
    }

    @Test
    void aPathOfAnotherServletIsNotTakenAndNothingRuns() {
        ServletContext application = application();
        application.addServlet("theirs", new HttpServlet() {
            static final long serialVersionUID = 1;
        }).addMapping("/live/api/events");
        Set<Thread> before = HubThreads.alive();
        IllegalStateException refused =
            assertThrows(IllegalStateException.class, () -> start(application, Mount.at("/live")));
        assertTrue(refused.getMessage().contains("/live/api/events"), refused.getMessage());
        assertNull(Assembly.of(application));
        Await.until("the end of the hub's threads", () -> before.equals(HubThreads.alive()));
    }

    @Test
    void aContextHasOneHub() {
        ServletContext application = application();
        hub = start(application, Mount.at("/live"));
        assertTrue(assertThrows(IllegalStateException.class, () -> start(application, Mount.at("/other")))
            .getMessage().contains("already"));
        hub.close();
        assertNull(Assembly.of(application));
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "/", "/live/", "/live/*", "/a//b", "/é", "/a b"})
    void whatIsNoPrefixIsRefused(String prefix) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Mount.at(prefix)).getMessage()
            .contains("\"" + prefix + "\""));
    }

    private Assembly start(ServletContext application, Mount mount) {
        return Assembly.start(application, Settings.with("data.dir", folder.toString()), mount);
    }

    private static ServletContext application() {
        ServletContextHandler context = new ServletContextHandler("/");
        new Server().setHandler(context); // not started: the context only asks it for its name
        return context.getServletContext();
    }

    private static jakarta.servlet.FilterRegistration edge(ServletContext application) {
        return application.getFilterRegistration("rivulet-edge");
    }

    private static Map<String, Set<String>> mappings(ServletContext application) {
        Map<String, Set<String>> mappings = new TreeMap<>();
        application.getServletRegistrations().forEach((name, servlet) -> {
            if (name.startsWith("rivulet-")) {
                mappings.put(name, new HashSet<>(servlet.getMappings()));
            }
        });
        return mappings;
    }
}
