package io.rivulet.hub;

import io.rivulet.event.IdSeal;
import io.rivulet.log.EventLog;
import io.rivulet.log.Lease;
import io.rivulet.log.LeaseBook;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogSize;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A log whose disk is full, broken or slow when the test says so. */
public final class FailingLog implements EventLog {

    public volatile boolean full;
    volatile boolean takesNoLease;
    volatile boolean unreadable;
    public volatile boolean damaged;
    public volatile boolean answerFails;
    /** What each append and each search of a publisher's fails with; null for nothing. */
    volatile IOException failsWith;
    public volatile CountDownLatch hold = new CountDownLatch(0);
    public volatile CountDownLatch holdSync = new CountDownLatch(0);
    public volatile CountDownLatch holdReads = new CountDownLatch(0);
    public volatile Runnable onAppend = () -> { };
    final AtomicInteger appends = new AtomicInteger();
    public final AtomicInteger reads = new AtomicInteger();
    private final EventLog log;

    public FailingLog(EventLog log) {
        this.log = log;
    }

    @Override
    public List<LogEntry> append(List<LogRecord> group) throws IOException {
        onAppend.run();
        appends.incrementAndGet();
        try {
            hold.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (full) {
            throw new LogFailure("no space left on device", true, null);
        }
        if (failsWith != null) {
            throw failsWith;
        }
        List<LogEntry> entries = log.append(group);
        if (answerFails) {
            answerFails = false;
            throw new OutOfMemoryError("made by the test");
        }
        return entries;
    }

    @Override
    public void beforeSync(Runnable hook) {
        log.beforeSync(() -> {
            hook.run();
            try {
                holdSync.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException {
        reads.incrementAndGet();
        try {
            holdReads.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (damaged) {
            throw new LogCorrupt("a block does not match its checksum");
        }
        if (unreadable) {
            throw new IOException("too many open files");
        }
        return log.read(after, upTo, view, bytesMax, work);
    }

    @Override
    public LogFinder find(LogWork work) {
        IOException all = failsWith;
        return all != null ? failing(".*", all)
            : damaged ? failing("readNewest", new LogCorrupt("a record does not match its checksum")) : log.find(work);
    }

    private LogFinder failing(String methods, IOException with) {
        return (LogFinder) Proxy.newProxyInstance(LogFinder.class.getClassLoader(), new Class<?>[] {LogFinder.class},
            (proxy, called, args) -> {
                if (called.getName().matches(methods)) {
                    throw with;
                }
                return called.invoke(log.find(), args);
            });
    }

    @Override
    public void tryDisk() throws IOException {
        try {
            hold.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (full) {
            throw new LogFailure("no space left", true, null);
        }
        log.tryDisk();
    }

    @Override
    public boolean hasMarks() {
        return log.hasMarks();
    }

    @Override
    public boolean mayBeMarked(String topic) {
        return log.mayBeMarked(topic);
    }

    @Override
    public LeaseBook leases() {
        LeaseBook book = log.leases();
        return new LeaseBook() {
            @Override
            public List<Lease> kept() {
                return book.kept();
            }

            @Override
            public void begin(List<Lease> leases) throws IOException {
                if (takesNoLease) {
                    throw new LogFailure("no space left on device", true, null);
                }
                book.begin(leases);
            }

            @Override
            public void over(List<String> topics) {
                book.over(topics);
            }
        };
    }

    @Override
    public LogSize size() {
        return log.size();
    }

    @Override
    public LogRange range() {
        return log.range();
    }

    @Override
    public IdSeal seal() {
        return log.seal();
    }

    @Override
    public void close() {
        log.close();
    }
}
