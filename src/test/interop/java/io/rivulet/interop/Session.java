package io.rivulet.interop;

import io.rivulet.kit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One client at work, and all that it said. Any thread may tell, one asks. */
final class Session implements AutoCloseable {

    /** Longer than {@link Await#LIMIT}: many clients share two cores, and some wait for seconds by themselves. */
    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final int SAID_MAX = 1_000;

    private final Subject subject;
    private final Client client;
    private final List<Said> all = new ArrayList<>();
    private final List<AutoCloseable> ends = new ArrayList<>();
    private Wish wish;

    Session(Subject subject) {
        this.subject = subject;
        this.client = subject.client().get();
    }

    /** Whose it is. */
    Subject subject() {
        return subject;
    }

    /** Starts the client, another time if it is not the first. */
    Session start(Wish wish) throws Exception {
        this.wish = wish;
        client.start(wish, this);
        return this;
    }

    /** Takes what happened. A client that says without end is not heard any more. */
    synchronized void said(Said one) {
        if (all.size() < SAID_MAX) {
            all.add(one);
        }
    }

    /** What ends the client, when the session is closed. */
    synchronized void onClose(AutoCloseable end) {
        ends.add(end);
    }

    /** The events so far. */
    synchronized List<Said> events() {
        return of("event");
    }

    /** All of this kind so far. */
    synchronized List<Said> of(String what) {
        return all.stream().filter(s -> s.what().equals(what)).toList();
    }

    /** The id to go on after. */
    String lastId() {
        List<Said> events = events();
        for (int i = events.size() - 1; i >= 0; i--) {
            String id = events.get(i).id();
            if (id != null && !id.isEmpty()) {
                return id;
            }
        }
        return "";
    }

    /** Waits for its {@code n}th connection. */
    void awaitOpen(int n) {
        if (subject.does(Subject.Way.HIDES_OPEN)) {
            await("its stream in the hub", s -> s.wish.isOpen().getAsBoolean());
        } else {
            await("connection " + n, s -> s.of("open").size() >= n);
        }
    }

    /** Waits until it has shown an event with these data. */
    void awaitData(String data) {
        await("an event " + data, s -> s.events().stream().anyMatch(e -> data.equals(e.data())));
    }

    /** Waits for its {@code n}th error, and gives it. */
    Said awaitError(int n) {
        await("error " + n, s -> s.of("error").size() >= n);
        return of("error").get(n - 1);
    }

    /** How often it gave up, and will not come back by itself. */
    synchronized int gaveUp() {
        int closed = of("closed").size();
        return closed > 0 ? closed : (int) of("error").stream().filter(Said::isLast).count();
    }

    /** Waits until it has ended by itself, for the {@code n}th time. */
    void awaitClosed(int n) {
        await("end " + n, s -> s.of("closed").size() >= n);
    }

    private void await(String what, Predicate<Session> condition) {
        Await.get(() -> subject.name() + ", " + what + "; it said " + tail(), LIMIT,
            () -> condition.test(this) ? Boolean.TRUE : null);
    }

    private synchronized String tail() {
        return all.size() + " things, at last " + all.subList(Math.max(0, all.size() - 4), all.size());
    }

    @Override
    public void close() {
        List<AutoCloseable> given;
        synchronized (this) {
            given = List.copyOf(ends);
        }
        endAll(given);
    }

    /** Closes all of them, whatever one throws. */
    static void endAll(List<AutoCloseable> ends) {
        IllegalStateException fault = null;
        for (AutoCloseable end : ends) {
            try {
                end.close();
            } catch (Exception e) {
                fault = new IllegalStateException("it did not end: " + e, fault == null ? e : fault);
            }
        }
        if (fault != null) {
            throw fault;
        }
    }
}
