package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What the build's output says of classes of tests. */
class TestLinesTest {

    @ParameterizedClass(name = "{0}")
    @EnumSource
    static class InBoth {
        private final Container container;

        InBoth(Container container) {
            this.container = container;
        }

        @Test
        void passes() {
        }

        @Test
        void isForJetty() {
            Assumptions.assumeTrue(container == Container.JETTY);
        }
    }

    static class Failing {
        @Test
        void fails() {
            throw new IllegalStateException("as it should");
        }
    }

    private static List<String> linesOf(Class<?> tests) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LauncherFactory.create(LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build())
            .execute(LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(tests)).build(),
                new TestLines(new PrintStream(bytes, true, StandardCharsets.UTF_8)));
        return bytes.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll("[\\d.]+ s$", "0 s"))
            .toList();
    }

    @Test
    void aClassHasALineForEachContainer() {
        assertEquals(List.of("kit.TestLinesTest$InBoth JETTY: 2 passed in 0 s",
            "kit.TestLinesTest$InBoth TOMCAT: 1 passed, 1 skipped in 0 s"), linesOf(InBoth.class));
    }

    @Test
    void whatFailsIsShownWithItsStack() {
        List<String> lines = linesOf(Failing.class);
        assertEquals("kit.TestLinesTest$Failing fails() FAILED: java.lang.IllegalStateException: as it should",
            lines.get(0));
        assertTrue(lines.get(1).contains("TestLinesTest$Failing.fails("), lines.get(1));
        assertEquals("kit.TestLinesTest$Failing: 0 passed, 1 FAILED in 0 s", lines.get(lines.size() - 1));
    }
}
