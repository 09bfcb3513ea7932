package io.rivulet.log.store;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogRecord;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An application as the store sees it: here, in a class loader of its own, or as a process that tells its states. */
public final class StoreHolder implements AutoCloseable, StoreKeeper.Owner {

    private static final long LOOK_MS = 50;

    private final StoreKeeper keeper;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile EventLog log;
    private volatile CountDownLatch handOverWaitsFor = new CountDownLatch(0);

    /** Wants this folder. */
    public StoreHolder(Path folder, String contextPath, boolean always) {
        keeper = new StoreKeeper(folder, contextPath, always,
            f -> SegmentLog.open(f, Settings.with(), InstantSource.system(), System::nanoTime, new Metrics()), this,
            InstantSource.system(), LOOK_MS);
    }

    /** Begins to want it. */
    public void start() {
        keeper.start();
    }

    StoreState state() {
        return keeper.state();
    }

    /** The state by name, for other class loaders. */
    public String kind() {
        return state().kind().name();
    }

    List<String> calls() {
        return calls;
    }

    void handOverWaitsFor(CountDownLatch latch) {
        handOverWaitsFor = latch;
    }

    /** The position of a new event. */
    long append(String data) {
        try {
            return log.append(List.of(new LogRecord(Event.on("t").data(data).build(), null))).get(0).position();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void opened(EventLog opened) {
        log = opened;
        calls.add("opened");
    }

    @Override
    public void pause() {
        calls.add("pause");
    }

    @Override
    public void handOver() {
        calls.add("handOver");
        try {
            handOverWaitsFor.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        keeper.close();
    }

    /** Folder and context path; says every change of state. */
    public static void main(String[] args) {
        StoreHolder holder = new StoreHolder(Path.of(args[0]), args[1], false);
        holder.start();
        String said = "";
        while (true) {
            String last = said;
            said = Await.get(() -> "another state than " + last, Duration.ofDays(1), () -> {
                String kind = holder.kind();
                return kind.equals(last) ? null : kind;
            });
            System.out.println(said);
            System.out.flush();
        }
    }
}
