package io.rivulet.http.stream;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes the {@link OpenResponse} that a request needs: one that its shard writes to where the container's writes never
 * block, else one that a thread of the {@link WriterPool} writes to. {@code SubscribeHandler} uses it, on any thread.
 * To be closed after the hub.
 */
public final class OpenResponses implements AutoCloseable {

    private final WriterPool pool;
    private final boolean mayGoStraight;
    private final Metrics metrics;
    private final GzipWarning gzip = new GzipWarning();

    /** As the settings say; threads start when they are needed. */
    public OpenResponses(Settings settings, Metrics metrics) {
        pool = new WriterPool(settings.get(SettingsTable.WRITERS_MAX));
        mayGoStraight = settings.get(SettingsTable.JETTY_STRAIGHT);
        this.metrics = metrics;
    }

    /**
     * The open response of this request. The caller starts or abandons it.
     *
     * @throws Refused when it needs a thread of the pool and the pool has as many as are allowed
     */
    public OpenResponse of(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getProtocol().startsWith("HTTP/2")) {
            return new ShardWriter(mayGoStraight, metrics, gzip);
        }
        ServletOutputStream out = response.getOutputStream();
        return ContainerOutput.of(out).completesWithoutBlocking() ? new ShardWriter(mayGoStraight, metrics, gzip)
            : new LaneWriter(pool.enter(request.getServletConnection().getConnectionId()));
    }

    /** Ends the threads of the pool, in about two seconds at most. */
    @Override
    public void close() {
        pool.close();
    }
}
