package io.rivulet.bench.answers;

import io.rivulet.bench.drive.Latencies;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * All answers with their writers and readers, on one thread of its own: it writes a piece of each answer when its time
 * has come, and checks what each reader gets. A model waits while its pieces are not taken, or a reader is far behind:
 * a hub that cannot keep up shows as fewer pieces, and no queue grows. Any thread may ask what stands under "any
 * thread"; the rest is the crowd's thread's.
 */
final class Crowd implements AutoCloseable {

    /** In dev mode the hub would look each of the connections up, and take one that is not listed for a stranger's. */
    static final String BEARER = Token.header();

    private static final int BUFFER = 64 << 10;
    private static final int WAITING_MAX = 64;
    private static final int BEHIND_MAX = 200;
    private static final int FAULTS_TOLD = 20;
    private static final long BACK_MIN_NS = 50_000_000;
    private static final int BACK_RANDOM_NS = 450_000_000;

    private final Load load;
    private final int port;
    private final boolean resumes;
    private final Random random;
    private final Selector selector = Selector.open();
    private final Queue<FutureTask<?>> asked = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Link> later = new PriorityQueue<>(Comparator.comparingLong(Link::dueNs));
    private final List<Run> runs = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Thread thread = new Thread(this::live, "test-answers");
    private final Latencies latencies = new Latencies();
    private final List<String> faults = new ArrayList<>();
    private final Map<Integer, Long> refusals = new TreeMap<>();
    private double rate;
    private long beganNs;
    private long turn;
    private double reloadsDue;
    private long reloadedNs;
    private long reloads;
    private long nowNs;
    private long written;
    private long delivered;
    private long fresh;
    private long lost;
    private boolean isClosing;

    /**
     * {@code resumes}: pieces are numbered, and readers leave and come back. Without it nobody does, and a piece that
     * is lost in between is no fault.
     */
    Crowd(Load load, int port, boolean resumes) throws IOException {
        this.load = load;
        this.port = port;
        this.resumes = resumes;
        random = new Random(load.seed());
        for (int i = 0; i < load.answers(); i++) {
            Run run = new Run(i);
            runs.add(run);
            writers.add(new Writer(this, run, resumes));
        }
        for (int i = 0; i < load.allReaders(); i++) {
            readers.add(new Reader(this, runs.get(i % load.answers())));
        }
        thread.setDaemon(true);
    }

    // any thread

    /** Figures of a moment; later ones less earlier ones are what happened in between. */
    record Figures(long atNs, long written, long delivered, long fresh, long lost, long reloads) {
        double perSecond(Figures before) {
            return (written - before.written) * 1e9 / (atNs - before.atNs);
        }
    }

    /** Has all readers and writers connect; returns when each reader is shown what is written. */
    void begin() {
        thread.start();
        ask(() -> {
            long now = System.nanoTime();
            for (int i = 0; i < readers.size(); i++) {
                readers.get(i).connectAt(now + i * 1_000_000L); // as many in a second as a hub lets in
            }
            return null;
        });
    }

    /** Whether all readers are shown what is written. */
    boolean isShown() {
        return ask(() -> readers.stream().allMatch(Reader::isShown));
    }

    /** Has so many pieces a second of each answer written from now on; 0 for none. */
    void write(double perSecond) {
        ask(() -> {
            if (turn == 0 && perSecond > 0) {
                writers.forEach(writer -> writer.connectAt(System.nanoTime()));
            }
            rate = perSecond * load.answers();
            beganNs = System.nanoTime();
            reloadedNs = beganNs;
            turn = 1;
            return null;
        });
    }

    /** Ends all answers. */
    void end() {
        ask(() -> {
            rate = 0;
            runs.forEach(Run::end);
            writers.forEach(Writer::sendMore);
            return null;
        });
    }

    /** Whether all writers and readers have all. */
    boolean isDone() {
        return ask(() -> !faults.isEmpty() || writers.stream().allMatch(Writer::isDone)
            && readers.stream().allMatch(Reader::isDone));
    }

    /** Who has not, the first of them. */
    List<String> missing() {
        return ask(() -> {
            List<String> all = new ArrayList<>();
            writers.stream().filter(w -> !w.isDone()).limit(3).forEach(w -> all.add("writer " + w.where()));
            readers.stream().filter(r -> !r.isDone()).limit(3).forEach(r -> all.add("reader " + r.where()));
            return all;
        });
    }

    /** From now on the ways of pieces are timed. */
    void measure() {
        ask(() -> {
            latencies.clear();
            return null;
        });
    }

    /** The times of pieces from their writing to a reader that was shown the answer then, since {@link #measure}. */
    Latencies measured() {
        return ask(() -> {
            Latencies copy = new Latencies();
            copy.add(latencies);
            return copy;
        });
    }

    Figures figures() {
        return ask(() -> new Figures(System.nanoTime(), written, delivered, fresh, lost, reloads));
    }

    List<String> faults() {
        return ask(() -> List.copyOf(faults));
    }

    /** Statuses that made somebody come again, and how often. */
    Map<Integer, Long> refusals() {
        return ask(() -> new TreeMap<>(refusals));
    }

    private <T> T ask(Callable<T> what) {
        FutureTask<T> task = new FutureTask<>(what);
        asked.add(task);
        selector.wakeup();
        try {
            while (!task.isDone()) {
                thread.join(1);
                if (!thread.isAlive()) {
                    task.run(); // it has ended, and all that was its is this thread's
                }
            }
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the crowd did not answer", e);
        }
    }

    @Override
    public void close() {
        try {
            ask(() -> {
                isClosing = true;
                return null;
            });
            thread.join();
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // the crowd's thread

    Selector selector() {
        return selector;
    }

    int port() {
        return port;
    }

    /** When the bytes that are looked at have come. */
    long nowNs() {
        return nowNs;
    }

    /** Whether nothing may be lost. */
    boolean resumes() {
        return resumes;
    }

    void fault(String what) {
        if (faults.size() < FAULTS_TOLD) {
            faults.add(what);
        }
    }

    /** So many pieces of a reader's, where that is no fault. */
    void lost(int pieces) {
        lost += pieces;
    }

    void refused(int status) {
        refusals.merge(status, 1L, Long::sum);
    }

    void received(boolean isNew, long writtenNs, long sinceNs) {
        delivered++;
        if (isNew) {
            fresh++;
        }
        if (isNew && writtenNs - sinceNs > 0) {
            latencies.add((nowNs - writtenNs) / 1_000);
        }
    }

    void later(Link link) {
        later.add(link);
    }

    /** After a moment that differs from one to the other. */
    void comesBack(Link link) {
        link.connectAt(System.nanoTime() + BACK_MIN_NS + random.nextInt(BACK_RANDOM_NS));
    }

    private void live() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        byte[] bytes = new byte[BUFFER];
        try {
            while (!isClosing) {
                selector.select(1);
                nowNs = System.nanoTime();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isValid()) {
                        nowNs = System.nanoTime();
                        ((Link) key.attachment()).ready(buffer, bytes);
                    }
                }
                selector.selectedKeys().clear();
                for (FutureTask<?> task = asked.poll(); task != null; task = asked.poll()) {
                    task.run();
                }
                while (!later.isEmpty() && later.peek().dueNs() <= System.nanoTime()) {
                    later.poll().connect();
                }
                writeWhatIsDue();
                reloadSome();
            }
            writers.forEach(Link::close);
            readers.forEach(Link::close);
        } catch (IOException | RuntimeException e) {
            faults.add("the crowd has ended: " + e);
        }
    }

    private void writeWhatIsDue() {
        long now = System.nanoTime();
        while (rate > 0 && beganNs + (long) (turn * 1e9 / rate) <= now) {
            int of = (int) (turn++ % runs.size());
            Writer writer = writers.get(of);
            if (writer.waiting() < WAITING_MAX && !isReaderBehind(of)) {
                runs.get(of).write(now);
                written++;
            }
            writer.sendMore();
        }
    }

    private boolean isReaderBehind(int of) {
        for (int i = of; i < readers.size(); i += runs.size()) {
            if (readers.get(i).behind() > BEHIND_MAX) {
                return true;
            }
        }
        return false;
    }

    private void reloadSome() {
        long now = System.nanoTime();
        if (!resumes || rate == 0) {
            return;
        }
        reloadsDue += (now - reloadedNs) * load.reloads() / 1e9;
        reloadedNs = now;
        for (; reloadsDue >= 1; reloadsDue--) {
            Reader reader = readers.get(random.nextInt(readers.size()));
            if (reader.isOpen()) {
                if (random.nextBoolean()) {
                    reader.forget();
                }
                reader.leave();
                reloads++;
            }
        }
    }
}
