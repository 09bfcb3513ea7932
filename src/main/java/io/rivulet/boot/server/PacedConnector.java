package io.rivulet.boot.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The connector of {@link OwnServer}. It takes connections from the system at once, and serves the new ones of a second
 * evenly. Jetty's own threads run it.
 *
 * <p>The hard thing is a crowd that comes back at once. The system's queue holds 4,096 connections, and each that finds
 * it full waits for a second or three before it tries again: so the queue must be emptied quickly. But the first work
 * for each connection is a third of a millisecond, and the live events of those who stayed would wait behind all of it:
 * so that work must be spread. Jetty's {@code AcceptRateLimit} leaves connections in the system's queue instead.
 */
final class PacedConnector extends ServerConnector {

    private static final long PAUSE_MS = 10;

    private final int perSecond;

    /** {@code perSecond} new connections are served; 0 for any number. */
    PacedConnector(Server server, int perSecond, ConnectionFactory... factories) {
        super(server, 1, -1, factories);
        this.perSecond = perSecond;
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new Paced(executor, scheduler, selectors);
    }

    /** Hands accepted connections to the selectors, evenly. */
    private final class Paced extends ServerConnectorManager {
        private AcceptPace<SelectableChannel> pace;
        private final AtomicBoolean isScheduled = new AtomicBoolean();

        Paced(Executor executor, Scheduler scheduler, int selectors) {
            super(executor, scheduler, selectors);
        }

        @Override
        public void accept(SelectableChannel channel, Object attachment) {
            AcceptPace<SelectableChannel> paced = pace();
            if (paced == null) {
                super.accept(channel, attachment);
            } else if (!paced.came(channel)) {
                comeAgain();
            }
        }

        /** Late: the constructor of the connector makes this one, and has not set the rate yet. */
        private synchronized AcceptPace<SelectableChannel> pace() {
            if (pace == null && perSecond > 0) {
                pace = new AcceptPace<>(perSecond, System::nanoTime, channel -> super.accept(channel, null));
            }
            return pace;
        }

        private void comeAgain() {
            if (isScheduled.compareAndSet(false, true)) {
                getScheduler().schedule(this::goOn, PAUSE_MS, TimeUnit.MILLISECONDS);
            }
        }

        private void goOn() {
            isScheduled.set(false); // first: T1 (this) finds nobody left, T2 accepts one more and asks for another time
            if (!pace().goOn()) {
                comeAgain();
            }
        }

        @Override
        protected void doStop() throws Exception {
            if (pace() != null) {
                pace().drain(Paced::close);
            }
            super.doStop();
        }

        private static void close(SelectableChannel channel) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
