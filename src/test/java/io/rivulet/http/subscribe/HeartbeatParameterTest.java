package io.rivulet.http.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.updates.Door;
import io.rivulet.hub.Hub;
import io.rivulet.hub.dialect.MercureDialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.kit.Stub;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a stream may be silent: what its client asks for, or what is known of clients of its kind. */
class HeartbeatParameterTest {

    private final Settings settings = Settings.with();
    private final Hub hub = new Hub(settings, Door.topics(settings), InstantSource.system(), new Metrics());
    private final StreamParameters parameters = new StreamParameters(Door.context(settings, hub));

    @ParameterizedTest
    @CsvSource({"Mozilla/5.0, '', 15", "curl/8, heartbeat=7, 7", "okhttp/4.9, '', 4", "python-httpx/0.27, '', 4",
        ", '', 4", ", heartbeat=60, 60"})
    void atUpdates(String agent, String query, int seconds) {
        HttpServletRequest request = request(agent, "topic=a" + (query.isEmpty() ? "" : "&" + query));
        assertEquals(seconds, parameters.ofUpdates(request, Grant.ANONYMOUS, new PlainDialect()).request().heartbeat()
            .toSeconds());
    }

    /** What cannot be meant is passed over there, like any parameter that the protocol does not know (SUB-04). */
    @ParameterizedTest
    @CsvSource({"Mozilla/5.0, '', 15", "curl/8, heartbeat=7, 7", "curl/8, heartbeat=301, 15", "curl/8, heartbeat=0, 15",
        "curl/8, heartbeat=event, 15", "okhttp/4.9, heartbeat=x, 4", ", '', 4", ", heartbeat=60, 60"})
    void atMercuresPath(String agent, String query, int seconds) {
        HttpServletRequest request = request(agent, "match=a" + (query.isEmpty() ? "" : "&" + query));
        assertEquals(seconds, parameters.ofMercure(request, Query.of(request), new FormFields(), Grant.ANONYMOUS,
            new MercureDialect()).request().heartbeat().toSeconds());
    }

    private static HttpServletRequest request(String agent, String query) {
        return Stub.of(HttpServletRequest.class, (method, arguments) -> switch (method) {
            case "getHeader" -> "User-Agent".equals(arguments[0]) ? agent : null;
            case "getQueryString" -> query;
            case "getServerPort", "getRemotePort", "getLocalPort" -> 0;
            case "getContentLengthLong" -> 0L;
            default -> null;
        });
    }
}
