package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log says of a hub that has started. */
class GreetingTest {

    @Test
    void theThreeLinesCanBeCopiedUnderEveryContextPath() {
        assertEquals(List.of("Rivulet is at http://localhost:8081/",
            "subscribe: curl -N 'http://localhost:8081/api/updates?topic=news'",
            "publish:   curl -d topic=news -d data=hello 'http://localhost:8081/api/updates'"
                + "   (dev mode: your programs on this machine may)"),
            Greeting.lines(Settings.with("dev", "true"), "http://localhost:8081", "", true));
        List<String> lines = Greeting.lines(Settings.with(), null, "/rivulet", false);
        assertEquals("subscribe: curl -N 'http://localhost:8080/rivulet/api/updates?topic=news'", lines.get(1));
        assertTrue(lines.get(0).contains("another port"), lines.get(0));
        assertTrue(lines.get(2).contains("off") && lines.get(2).contains("rivulet.dev=true"), lines.get(2));
    }
}
