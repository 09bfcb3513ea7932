package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.NOT_OPEN;

import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.LastingTicker;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies that are published line by line, and the thread {@code rivulet-lines}, which looks at them five times a
 * second: it ends those that have paused for too long or whose token has ended, and lets those go on that waited for
 * the rate of their subject or for the disk. {@code UpdatesServlet} begins them, in threads of the container. To be
 * closed after the hub.
 */
public final class LinePublishes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LinePublishes.class);
    private static final long LOOK_MS = 200;
    private static final long CLOSE_MS = 2_000;

    private final HubContext context;
    private final LongSupplier nanos;
    private final Set<LinePublish> open = ConcurrentHashMap.newKeySet();
    private final LastingTicker ticker;
    private volatile boolean closed;

    /** As the settings say. */
    public LinePublishes(HubContext context) {
        this(context, System::nanoTime);
    }

    /** With a clock of its own, for tests. */
    LinePublishes(HubContext context, LongSupplier nanos) {
        this.context = context;
        this.nanos = nanos;
        ticker = new LastingTicker(LOG, "A look of {} failed once and comes again", "rivulet-lines", LOOK_MS,
            this::look);
        ticker.start();
    }

    /**
     * Begins to publish the body of this request; the answer comes with its end. A refusal comes at once, while the
     * client may still send: one who waits for its input would else learn of it at the end alone.
     */
    public void begin(HttpServletRequest request) throws IOException {
        Grant grant = null;
        LinesForm form = null;
        ProducerSeq producer = null;
        BytesInFlight.Charge charge = null;
        Refused refusal = null;
        try {
            grant = context.access().toPublish(request);
            form = LinesForm.of(Query.of(request), RequestHead.contentType(request), context.settings());
            RequestHead.checkPlain(request);
            int idBytesMax = context.settings().get(SettingsTable.ID_BYTES_MAX);
            if (IdempotencyKey.of(request, idBytesMax) != null) {
                throw Refused.malformed("the request has an Idempotency-Key, which is for one event or batch; "
                    + "lines that are published as they come are known again by Producer-Id");
            }
            producer = ProducerHeaders.of(request, null, true, idBytesMax);
            if (closed) {
                throw Refused.because(NOT_OPEN, "the hub is closing");
            }
            charge = context.charge(request, grant);
        } catch (Refused e) {
            if (!request.isAsyncSupported() || request.getHeader("Expect") != null) {
                PublishAudit.refused(RequestTrace.of(request), grant, null, e);
                context.hub().metrics().add(Count.REFUSED);
                throw e; // the client sends nothing before it has an answer
            }
            refusal = e;
            charge = context.charge(request, Grant.ANONYMOUS);
        }
        try {
            AsyncContext async = request.startAsync();
            LinePublish publish = new LinePublish(context, async, form, grant, producer, charge, refusal,
                nanos, open::remove);
            open.add(publish);
            publish.start();
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    /** Looks at all of them; one thread at a time, since a test looks, too. */
    synchronized void look() {
        long nowNs = nanos.getAsLong();
        open.forEach(publish -> publish.look(nowNs));
    }

    /** Refuses those that are open, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        open.forEach(publish -> publish.end(Refused.because(NOT_OPEN, "the hub is closing")));
        try {
            if (!ticker.close(CLOSE_MS)) {
                LOG.warn("The thread that looks at bodies does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
