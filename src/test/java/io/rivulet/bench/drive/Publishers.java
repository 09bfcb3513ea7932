package io.rivulet.bench.drive;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** The threads that publish, from {@link #start} to {@link #close}. */
public final class Publishers implements AutoCloseable {

    /** How often a closed loop looks whether its events have arrived; as long as the C driver's. */
    private static final long LOOK_NS = 100_000;

    private final Target target;
    private final Load load;
    private final Audience crowd;
    private final List<One> all;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean measuring;
    private volatile boolean ended;
    private volatile String complaint;

    private Publishers(Target target, Load load, Audience crowd) {
        this.target = target;
        this.load = load;
        this.crowd = crowd;
        all = IntStream.range(0, load.publishers()).mapToObj(One::new).toList();
    }

    /** Begins; {@code crowd} may be null when nobody listens. */
    public static Publishers start(Target target, Load load, Audience crowd) {
        Publishers publishers = new Publishers(target, load, crowd);
        publishers.all.forEach(Thread::start);
        return publishers;
    }

    /** Events that were accepted or are on their way. */
    public long sent() {
        return sent.get() - refused.get();
    }

    /** Publishes that were answered otherwise than with 2xx, or not at all. */
    public long refused() {
        return refused.get();
    }

    /** The first refusal, or null. */
    public String complaint() {
        return complaint;
    }

    /** From now on answers are timed. */
    public void startMeasuring() {
        measuring = true;
    }

    /** Waits until all that have a limit are done. */
    public void awaitEnd() {
        all.forEach(One::await);
    }

    /** Ends all, and gives how long the answers took while that was measured. */
    public Latencies end() {
        close();
        Latencies sum = new Latencies();
        all.forEach(one -> sum.add(one.answers));
        return sum;
    }

    /** How many events of a stream the only publisher has sent. */
    public long countOfFirst() {
        return all.get(0).n;
    }

    @Override
    public void close() {
        ended = true;
        all.forEach(LockSupport::unpark);
        all.forEach(One::await);
    }

    /** One connection. */
    private final class One extends Thread {
        private final int number;
        private final Latencies answers = new Latencies();
        private final byte[] data = new byte[Math.max(Mark.LENGTH, load.size())];
        private volatile long n;

        One(int number) {
            super("bench-publisher-" + number);
            setDaemon(true);
            this.number = number;
            Arrays.fill(data, (byte) 'x');
        }

        @Override
        public void run() {
            try (PostConnection connection = new PostConnection(target)) {
                long start = System.nanoTime();
                while ((load.limit() == 0 || n < load.limit()) && awaitTurn(start)) {
                    publish(connection);
                }
            } catch (IOException | RuntimeException e) {
                refuse(e.toString());
            }
        }

        private void await() {
            try {
                join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while publishers end", e);
            }
        }

        /** Waits for its turn; false when all has ended. */
        private boolean awaitTurn(long start) {
            if (load.ratePerSecond() > 0) {
                long due = start + (long) ((n * load.publishers() + number) * 1e9 / load.ratePerSecond());
                for (long left = due - System.nanoTime(); left > 0 && !ended; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            } else if (crowd != null) {
                while (sent() * crowd.size() - crowd.received() > (long) (load.publishers() - 1) * crowd.size()
                    && !ended) {
                    LockSupport.parkNanos(LOOK_NS);
                }
            }
            return !ended;
        }

        private void publish(PostConnection connection) throws IOException {
            byte[] before = load.aim().bodyBefore(number, n);
            long from = System.nanoTime();
            Mark.write(data, 0, from, load.aim().stream(number, n), load.aim().number(number, n));
            n++;
            sent.incrementAndGet();
            int status = connection.post(before, data);
            if (measuring) {
                answers.add((System.nanoTime() - from) / 1_000);
            }
            if (status < 200 || status > 299) {
                refuse(connection.lastAnswer());
            }
        }

        private void refuse(String why) {
            refused.incrementAndGet();
            if (complaint == null) {
                complaint = why;
            }
        }
    }
}
