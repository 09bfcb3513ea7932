package io.rivulet.http.stream;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.refusal.LastingTicker;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The large answers that are being written, and the thread {@code rivulet-pages}, which ends those that nobody reads:
 * by {@code rivulet.stall.timeout}, as with streams, and after five seconds where somebody was refused for the memory
 * that they hold. It looks for {@link WaitingCallers} who have left as well. {@code EventsServlet} uses it for pages of
 * history, others for lists, on any thread. To be closed after the hub.
 */
public final class PageResponses implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PageResponses.class);
    private static final long LOOK_MS = 1_000;
    private static final long CLOSE_MS = 2_000;
    /** As with streams that hold what others wait for. */
    private static final long SCARCE_STALL_NS = 5_000_000_000L;

    private final long stallNs;
    private final BooleanSupplier scarce;
    private final WaitingCallers callers;
    private final LongSupplier nanos;
    private final Set<PageResponse> open = ConcurrentHashMap.newKeySet();
    private final LastingTicker ticker;

    /**
     * As the settings say; {@code scarce} tells whether somebody was refused since it was asked last, {@code callers}
     * wait for an answer that is not made yet.
     */
    public PageResponses(Settings settings, BooleanSupplier scarce, WaitingCallers callers) {
        this(settings, scarce, callers, System::nanoTime);
    }

    /** With a ticker of its own, for tests. */
    PageResponses(Settings settings, BooleanSupplier scarce, WaitingCallers callers, LongSupplier nanos) {
        this.callers = callers;
        this.scarce = scarce;
        stallNs = settings.get(SettingsTable.STALL_TIMEOUT).toNanos();
        this.nanos = nanos;
        ticker = new LastingTicker(LOG, "A look of {} failed once and comes again", "rivulet-pages", LOOK_MS,
            this::look);
        ticker.start();
    }

    /**
     * Begins to write the body of a request that was started, and completes the request at the end. In a container's
     * thread; nothing may be done with the request afterwards.
     *
     * @param pieces gives the next piece, null after the last; the container's threads ask, one at a time
     * @param charge what the page holds, given back at its end
     */
    public void send(AsyncContext async, Supplier<byte[]> pieces, BytesInFlight.Charge charge) throws IOException {
        ServletOutputStream out = async.getResponse().getOutputStream();
        PageResponse page = new PageResponse(async, out, pieces, charge, open::remove);
        async.setTimeout(0); // a client that reads slowly gets all of it; one that reads nothing is found by look()
        async.addListener(page);
        open.add(page);
        out.setWriteListener(page);
    }

    /** Looks at all pages and callers; one thread at a time, since a test looks, too. */
    synchronized void look() {
        long nowNs = nanos.getAsLong();
        long ns = scarce.getAsBoolean() ? Math.min(stallNs, SCARCE_STALL_NS) : stallNs;
        open.forEach(page -> page.look(nowNs, ns));
        callers.look();
    }

    /** Ends the thread; pages that are being written are the container's to end. */
    @Override
    public void close() {
        try {
            if (!ticker.close(CLOSE_MS)) {
                LOG.warn("The thread that looks at pages does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
