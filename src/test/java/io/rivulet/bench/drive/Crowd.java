package io.rivulet.bench.drive;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Thousands of subscribers held by one thread, which alone touches them; connecting is the caller's work. Every method
 * but the counters is for one controlling thread.
 */
public final class Crowd implements Audience {

    private static final int READ_BYTES = 256 << 10;
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(120);
    private static final Duration SETTLE = Duration.ofMillis(300);

    private volatile Target target;
    private final CrowdPlan plan;
    private final Listener[] listeners;
    private final Latencies[] latencies;
    private final Selector selector;
    private final Thread thread;
    private final Queue<FutureTask<?>> posted = new ConcurrentLinkedQueue<>();
    private final Returns returns;

    private final ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);
    private final Mark mark = new Mark();
    private final Reception.Sink sink = this::event;
    private byte[] bytes = new byte[2 * READ_BYTES];
    private Listener reading;
    private long nowNs;
    private boolean measuring;
    private long receivedSoFar;

    private final AtomicLong received = new AtomicLong();
    private volatile int opened;
    private volatile int broken;
    private volatile String complaint;
    private volatile boolean closing;

    /** Nobody is connected yet. */
    public Crowd(Target target, CrowdPlan plan) throws IOException {
        this.target = target;
        this.plan = plan;
        listeners = IntStream.range(0, plan.count()).mapToObj(i -> new Listener(i, plan.group().applyAsInt(i),
            new Reception(plan.streams(), plan.comesBack()))).toArray(Listener[]::new);
        latencies = IntStream.range(0, plan.groups()).mapToObj(g -> new Latencies()).toArray(Latencies[]::new);
        selector = Selector.open();
        returns = new Returns(this::dial);
        thread = new Thread(this::run, "bench-crowd");
        thread.setDaemon(true);
        thread.start();
    }

    /** Connects those from {@code from} to before {@code to}, and waits until each has its head. */
    public Crowd connect(int from, int to) throws IOException {
        int before = opened;
        for (int i = from; i < to; i++) {
            dial(listeners[i]);
        }
        if (!Pause.forUpTo(OPEN_LIMIT, () -> opened - before >= to - from)) {
            throw new IOException("only " + (opened - before) + " of " + (to - from) + " streams opened; " + complaint);
        }
        Await.pass(SETTLE);
        return this;
    }

    private void dial(Listener listener) throws IOException {
        listener.dial(target.port(), plan.path().apply(listener.number()),
            plan.receiveBuffer().applyAsInt(listener.group()));
        post(() -> listener.register(selector));
    }

    /** Those from {@code from} to before {@code to} stop or go on reading. */
    public void reads(int from, int to, boolean on) {
        await(post(() -> each(from, to, l -> l.reads(on))));
    }

    /** Cuts the connections of those from {@code from} to before {@code to}. */
    public void cut(int from, int to) {
        await(post(() -> each(from, to, Listener::cut)));
    }

    /** From now on they connect here: another node of the same hub. */
    public void moveTo(Target other) {
        target = other;
    }

    /** Connects them again, each from its last id, without waiting for answers. */
    public void resume(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            dial(listeners[i]);
        }
    }

    @Override
    public void startMeasuring() {
        await(post(() -> {
            Arrays.stream(latencies).forEach(Latencies::clear);
            measuring = true;
        }));
    }

    @Override
    public Latencies[] stopMeasuring() {
        Latencies[] copies = new Latencies[latencies.length];
        await(post(() -> {
            measuring = false;
            for (int i = 0; i < copies.length; i++) {
                copies[i] = new Latencies();
                copies[i].add(latencies[i]);
            }
        }));
        return copies;
    }

    /** How many of a range have got the number {@code number} of a stream, and so all before it. */
    public int reached(int from, int to, int stream, int number) {
        int[] count = new int[1];
        await(post(() -> each(from, to, l -> count[0] += l.reception().last(stream) >= number ? 1 : 0)));
        return count[0];
    }

    /** How many of a range know an id to come back with. */
    public int withId(int from, int to) {
        int[] count = new int[1];
        await(post(() -> each(from, to, l -> count[0] += l.reception().lastId() != null ? 1 : 0)));
        return count[0];
    }

    @Override
    public Faults faults() {
        long[] sums = new long[2];
        await(post(() -> each(0, listeners.length, l -> {
            sums[0] += l.reception().gaps();
            sums[1] += l.reception().doubles();
        })));
        return new Faults(sums[0], sums[1], broken, complaint);
    }

    @Override
    public long received() {
        return received.get();
    }

    @Override
    public int size() {
        return listeners.length;
    }

    // ---- the crowd's thread

    private void run() {
        try {
            while (!closing) {
                selector.select(this::read, 20);
                for (FutureTask<?> task = posted.poll(); task != null; task = posted.poll()) {
                    task.run();
                }
                returns.due(System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            complaint = "the driver failed: " + e;
        }
    }

    private void read(SelectionKey key) {
        reading = (Listener) key.attachment();
        try {
            direct.clear();
            int n = reading.read(direct);
            if (n < 0) {
                ended("the server ended a stream");
                return;
            }
            nowNs = System.nanoTime();
            byte[] carry = reading.reception().carry();
            if (carry.length + n > bytes.length) {
                bytes = new byte[2 * (carry.length + n)];
            }
            System.arraycopy(carry, 0, bytes, 0, carry.length);
            direct.flip().get(bytes, carry.length, n);
            take(carry.length, carry.length + n);
        } catch (IOException e) {
            ended(e.toString());
        }
    }

    private void take(int from, int to) {
        ResponseBody body = reading.body();
        boolean first = body.status() == 0;
        int end = body.unframe(bytes, from, to);
        if (first && body.status() > 0) {
            opened++;
            if (body.status() != 200) {
                ended(body.headText());
                return;
            }
        }
        reading.reception().take(bytes, end, mark, sink);
        received.lazySet(receivedSoFar);
        if (body.ended()) {
            ended("the server completed a stream");
        }
    }

    private void event(Reception of, Mark seen) {
        receivedSoFar++;
        if (measuring && plan.timed().test(seen.stream())) {
            latencies[reading.group()].add((nowNs - seen.nanos()) / 1_000);
        }
    }

    private void ended(String why) {
        broken++;
        if (complaint == null) {
            complaint = why;
        }
        try {
            reading.cut();
        } catch (IOException e) {
            complaint = why + "; and " + e;
        }
        if (plan.comesBack()) {
            returns.later(reading);
        }
    }

    private interface Act {
        void run() throws IOException;
    }

    private interface On {
        void listener(Listener listener) throws IOException;
    }

    private void each(int from, int to, On action) throws IOException {
        for (int i = from; i < to; i++) {
            action.listener(listeners[i]);
        }
    }

    private FutureTask<Void> post(Act act) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            act.run();
            return null;
        });
        posted.add(task);
        selector.wakeup();
        return task;
    }

    private void await(FutureTask<Void> task) {
        try {
            task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the crowd did not do as it was told; " + complaint, e);
        }
    }

    /** Cuts all connections and ends the thread. */
    @Override
    public void close() {
        cut(0, listeners.length);
        closing = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
