package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.server.handler.gzip.GzipHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A GzipHandler that holds events back is told in the log, with the setting that cures it; others are not. */
@SuppressWarnings({"removal", "deprecation"}) // Jetty 12.0 and 12.1 have it, and nothing else in both
class GzipWarningTest {

    private final Logger log = Logger.getLogger(GzipWarning.class.getName());
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler collecting = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {
            // nothing is held
        }

        @Override
        public void close() {
            // nothing is held
        }
    };

    @BeforeEach
    void listen() {
        log.addHandler(collecting);
        log.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        log.removeHandler(collecting);
        log.setUseParentHandlers(true);
    }

    @Test
    void oneThatIsForcedOnStreamsIsToldOnce() throws Exception {
        try (Door door = Door.behind(forced(new GzipHandler()))) {
            for (int i = 1; i <= 2; i++) {
                int before = door.hub.connections().list().size();
                door.begin("GET /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
                Await.until("it is open", () -> door.hub.connections().list().size() == before + 1);
                Await.until("it is told", () -> !lines.isEmpty());
            }
            door.hub.close(); // each was written to the end
            assertEquals(1, lines.size());
            assertTrue(lines.get(0).contains("jetty.gzip.syncFlush=true"), lines.get(0));
        }
    }

    @Test
    void oneThatFlushesOrPassesStreamsOverIsNotTold() throws Exception {
        GzipHandler flushes = forced(new GzipHandler());
        flushes.setSyncFlush(true);
        for (GzipHandler harmless : List.of(flushes, new GzipHandler())) {
            try (Door door = Door.behind(harmless)) {
                for (int i = 1; i <= 3; i++) {
                    int before = door.hub.connections().list().size();
                    door.begin("GET /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
                    Await.until("it is open", () -> door.hub.connections().list().size() == before + 1);
                }
                door.hub.close(); // each was written to the end
            }
        }
        assertEquals(List.of(), lines);
    }

    private static GzipHandler forced(GzipHandler gzip) {
        gzip.setIncludedMimeTypes("text/event-stream");
        gzip.setExcludedMimeTypes();
        return gzip;
    }
}
