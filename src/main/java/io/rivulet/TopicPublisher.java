package io.rivulet;

import io.rivulet.event.TopicEnd;
import io.rivulet.hub.Alarms;
import io.rivulet.hub.TopicWatches;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Publishes what a source gives piece by piece to one topic, and ends the topic when the source ends: an answer of a
 * language model, the output of a job. {@link RivuletHub#publisher} gives one for each source. It is a subscriber of
 * {@link Flow}; code that is called back may as well call {@link #onNext}, {@link #onComplete} and {@link #onError}
 * itself.
 *
 * <p><b>Order.</b> One publish is on its way at a time, and what comes meanwhile is the next one. So no piece can be
 * missing before one that was published. A publish that the hub cannot take now is offered again for 30 s.
 *
 * <p><b>Back-pressure.</b> A source is asked for {@value #PIECES_MAX} pieces, and for as many more as were published. A
 * source that does not wait to be asked may be 1 MiB ahead of the log; then its topic ends as after {@link #onError}.
 *
 * <p><b>Threads.</b> It has none. The source's calls come one after the other, from any thread. {@code request} and
 * {@code cancel} of the source's subscription are called on a thread of the hub's that serves everybody; where they may
 * take long, {@link #askOn} names another one.
 *
 * <p>The methods that give back this are for the beginning, before the first piece.
 */
public final class TopicPublisher implements Flow.Subscriber<String> {

    /** Pieces that a source is asked for beyond those that were published. */
    static final int PIECES_MAX = 64;
    /** Bytes that may wait where nobody asks the source. */
    static final int AHEAD_BYTES_MAX = 1 << 20;
    /** Bytes of a publish, beyond its first event. */
    private static final int BATCH_BYTES = 256 << 10;
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** Tries with a pause between them, which take half a minute. */
    static final int TRIES = 300;

    private final String topic;
    private final BiFunction<List<Message>, String, CompletableFuture<List<String>>> publish;
    private final Alarms alarms;
    private final int batchMax;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final Object lock = new Object();

    private Duration within = Duration.ZERO;
    private int joinBytes;
    private String type;
    private boolean isPrivate;
    private Duration lease;
    private Executor asking = Runnable::run;
    /** What is to be given back when it is over. */
    private Runnable done = () -> { };
    private Function<Throwable, String> wordOnError = failure -> "";
    private String wordOnCancel = "";

    /** What is not published yet, in its order. Guarded by the lock, as is all that follows. */
    private final Deque<Event> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** The first half of a character whose second half is still to come; empty as nearly always. */
    private String half = "";
    private Flow.Subscription source;
    /** Why the hub's answer was final; null while all is well. */
    private Throwable failure;
    private State state = State.OPEN;
    /** What was taken from those that wait and is not answered yet; empty for nothing. */
    private List<Event> onItsWay = List.of();
    private int triesLeft = TRIES;
    /** Pieces that the source may be asked for, beyond those that it was. */
    private int owed;

    private enum State {
        /** Pieces come. */
        OPEN,
        /** The last event waits or is on its way; no piece is taken any more. */
        ENDING,
        /** There is nothing more to do. */
        OVER
    }

    /** An event that waits. */
    private static final class Event {
        /** What it is of, or null where that is what the text says. */
        private final Message message;
        private final StringBuilder text = new StringBuilder();
        private long bytes;
        private int pieces;
        /** Whether it takes further pieces; then something closes it at its time. */
        private boolean isOpen;
        private Runnable alarm = () -> { };
        /** Why the topic ends with it, or null. */
        private TopicEnd end;

        Event(Message message) {
            this.message = message;
        }
    }

    /** {@code publish} is {@link RivuletHub#publish(List, String)}. */
    TopicPublisher(String topic, BiFunction<List<Message>, String, CompletableFuture<List<String>>> publish,
                   Alarms alarms, int batchMax) {
        this.topic = topic;
        this.publish = publish;
        this.alarms = alarms;
        this.batchMax = Math.min(batchMax, PIECES_MAX);
    }

    /** Runs this when nothing more is to be published. */
    void whenOver(Runnable task) {
        done = task;
    }

    // ---- how

    /**
     * Pieces that come within this time of the first of them are one event, unless they have more bytes together. So
     * readers get fewer and larger events: {@code join(Duration.ofMillis(20), 512)}. Without it each piece is an event.
     */
    public TopicPublisher join(Duration time, int bytes) {
        if (time.isNegative() || time.compareTo(Duration.ofMinutes(1)) > 0 || bytes < 1) {
            throw new IllegalArgumentException("pieces are joined within at most a minute and at least 1 byte, not "
                + "within " + time + " and " + bytes + " bytes");
        }
        within = time;
        joinBytes = bytes;
        return this;
    }

    /** The type of all events that are made of pieces. */
    public TopicPublisher type(String name) {
        type = Objects.requireNonNull(name);
        return this;
    }

    /** All events that are made of pieces, and the end, are for those alone who have a right to the topic. */
    public TopicPublisher asPrivate() {
        isPrivate = true;
        return this;
    }

    /**
     * The topic ends as abandoned when the source gives nothing for so long, or when this application ends before the
     * source does and none has gone on since: 1 s to 24 h. A hub that starts again waits for as long once more.
     */
    public TopicPublisher lease(Duration silence) {
        try {
            io.rivulet.event.Event.builder().lease(silence);
        } catch (Refused e) {
            throw RivuletException.of(e);
        }
        lease = silence;
        return this;
    }

    /** The data of the last event after a failure of the source, such as a JSON object that says so; else none. */
    public TopicPublisher sayOnError(Function<Throwable, String> word) {
        wordOnError = Objects.requireNonNull(word);
        return this;
    }

    /** The data of the last event after the topic was cancelled; else none. */
    public TopicPublisher sayOnCancel(String word) {
        wordOnCancel = Objects.requireNonNull(word);
        return this;
    }

    /** Where the source's subscription is asked for more and is cancelled. */
    public TopicPublisher askOn(Executor executor) {
        asking = Objects.requireNonNull(executor);
        return this;
    }

    /**
     * Completed with the id of the event that ended the topic once that is durable, whatever ended it; fails when the
     * hub refused something for good. On a thread of the hub's, as futures of {@link RivuletHub}.
     */
    public CompletableFuture<String> ended() {
        return ended.copy();
    }

    // ---- the source

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        boolean welcome;
        synchronized (lock) {
            welcome = source == null && state == State.OPEN;
            source = welcome ? subscription : source;
        }
        if (welcome) {
            subscription.request(PIECES_MAX);
        } else {
            subscription.cancel();
        }
    }

    /** A piece of text; an empty one is passed over. */
    @Override
    public void onNext(String piece) {
        Objects.requireNonNull(piece);
        next(() -> addText(piece));
    }

    /** For sources whose pieces have a type or topics of their own; pieces of text may come between them. */
    public Flow.Subscriber<Message> messages() {
        return new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                TopicPublisher.this.onSubscribe(subscription);
            }

            @Override
            public void onNext(Message message) {
                Objects.requireNonNull(message);
                next(() -> addMessage(message));
            }

            @Override
            public void onError(Throwable failure) {
                TopicPublisher.this.onError(failure);
            }

            @Override
            public void onComplete() {
                TopicPublisher.this.onComplete();
            }
        };
    }

    /** The source failed: what waits is published, then the topic ends as abandoned. */
    @Override
    public void onError(Throwable failure) {
        end(TopicEnd.ABANDONED, word(Objects.requireNonNull(failure)), false);
    }

    /** The source has given all: the last event ends the topic. */
    @Override
    public void onComplete() {
        end(TopicEnd.FINISHED, "", false);
    }

    // ---- what waits

    private void next(Runnable add) {
        boolean tooFar;
        synchronized (lock) {
            if (state != State.OPEN) {
                return; // a source may give some pieces more after it was cancelled
            }
            add.run();
            tooFar = source == null && waitingBytes > AHEAD_BYTES_MAX;
        }
        if (tooFar) {
            giveUp(RivuletException.of(Refused.because(Refused.Reason.OVERLOADED, "more than " + AHEAD_BYTES_MAX
                + " bytes wait for the log, and the source does not wait until it is asked")));
        }
        go();
    }

    /** Under the lock. A character that was cut into two pieces is put together: each half alone is none. */
    private void addText(String piece) {
        String whole = half + piece;
        boolean isCut = !whole.isEmpty() && Character.isHighSurrogate(whole.charAt(whole.length() - 1));
        half = isCut ? whole.substring(whole.length() - 1) : "";
        String text = isCut ? whole.substring(0, whole.length() - 1) : whole;
        if (text.isEmpty()) {
            owed++;
            return;
        }
        int bytes = utf8Length(text);
        Event last = waiting.peekLast();
        if (last != null && last.isOpen && last.bytes + bytes > joinBytes) {
            close(last);
        }
        if (last == null || !last.isOpen) {
            last = new Event(null);
            waiting.add(last);
            open(last);
        }
        last.text.append(text);
        grow(last, bytes);
        if (last.isOpen && last.bytes >= joinBytes) {
            close(last);
        }
    }

    private static int utf8Length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }

    private void grow(Event event, int bytes) {
        event.bytes += bytes;
        event.pieces++;
        waitingBytes += bytes;
    }

    private void open(Event event) {
        if (within.isZero()) {
            return;
        }
        try {
            event.isOpen = true;
            event.alarm = alarms.after(within, () -> timeIsUp(event));
        } catch (Refused e) {
            event.isOpen = false; // there is no clock for it: the piece goes alone
        }
    }

    private void timeIsUp(Event event) {
        synchronized (lock) {
            event.isOpen = false;
        }
        go();
    }

    private static void close(Event event) {
        event.isOpen = false;
        event.alarm.run();
    }

    private void closeLast() {
        Event last = waiting.peekLast();
        if (last != null && last.isOpen) {
            close(last);
        }
    }

    /** Under the lock. */
    private void addMessage(Message message) {
        closeLast();
        Event event = new Event(message);
        grow(event, utf8Length(message.data()));
        waiting.add(event);
    }

    /**
     * Nothing comes any more. The last event that waits ends the topic; where there is none, or where there is a word
     * to be said behind it, that is an event of its own.
     */
    private void end(TopicEnd why, String word, boolean dropsWaiting) {
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            addEnd(why, word, dropsWaiting);
        }
        go();
    }

    /** Under the lock. */
    private void addEnd(TopicEnd why, String word, boolean dropsWaiting) {
        state = State.ENDING;
        closeLast();
        if (dropsWaiting) {
            waiting.clear();
        }
        Event last = waiting.peekLast();
        if (last == null || !word.isEmpty() || last.message != null && !last.message.topics().equals(List.of(topic))) {
            last = new Event(null);
            last.text.append(word);
            waiting.add(last);
        }
        last.end = why;
    }

    // ---- what is on its way

    /** Publishes what waits, unless something is on its way. */
    private void go() {
        List<Message> batch;
        int more;
        Flow.Subscription asked;
        synchronized (lock) {
            batch = onItsWay.isEmpty() && state != State.OVER ? take() : List.of();
            asked = source;
            more = state == State.OPEN && asked != null ? owed : 0;
            owed -= more;
        }
        if (!batch.isEmpty()) {
            publish(batch);
        }
        if (more > 0) {
            asking.execute(() -> asked.request(more));
        }
    }

    /** Under the lock: takes the events that are next, as many as one publish may have. */
    private List<Message> take() {
        List<Event> taken = new ArrayList<>();
        List<Message> batch = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && !waiting.peek().isOpen && batch.size() < batchMax
            && (batch.isEmpty() || bytes + waiting.peek().bytes <= BATCH_BYTES)) {
            Event next = waiting.poll();
            bytes += next.bytes;
            taken.add(next);
            batch.add(message(next));
        }
        onItsWay = taken;
        return batch;
    }

    private Message message(Event event) {
        Message message = event.message;
        if (message == null) {
            message = Message.on(topic, event.text.toString());
            message = type == null ? message : message.type(type);
            message = isPrivate ? message.asPrivate() : message;
            message = lease == null ? message : message.lease(lease);
        }
        return event.end == null ? message
            : event.end == TopicEnd.ABANDONED ? message.abandoned() : message.ending();
    }

    private void publish(List<Message> batch) {
        CompletableFuture<List<String>> answer;
        try {
            answer = publish.apply(batch, null);
        } catch (RivuletException e) {
            refused(batch, e);
            return;
        }
        answer.whenComplete((ids, failure) -> {
            if (failure == null) {
                published(ids);
            } else {
                refused(batch, failure);
            }
        });
    }

    private void published(List<String> ids) {
        boolean isEnd = false;
        synchronized (lock) {
            triesLeft = TRIES;
            for (Event event : onItsWay) {
                owed += event.pieces;
                waitingBytes -= event.bytes;
                isEnd |= event.end != null;
            }
            onItsWay = List.of();
        }
        if (isEnd) {
            over(ids.get(ids.size() - 1));
        } else {
            go();
        }
    }

    private void refused(List<Message> batch, Throwable why) {
        boolean again;
        synchronized (lock) {
            again = isPassing(why) && state != State.OVER && triesLeft-- > 0;
        }
        if (again) {
            try {
                alarms.after(PAUSE, () -> publish(batch));
                return;
            } catch (Refused e) {
                // the hub is closing: nothing more is published
            }
        }
        synchronized (lock) {
            onItsWay = List.of();
            again = isCancelled(why) && state != State.OVER && triesLeft-- > 0;
            if (again) {
                addEnd(TopicEnd.CANCELLED, wordOnCancel, true); // in place of an end that was to come with a piece
            }
        }
        if (again) {
            cancelSource();
            go();
        } else {
            giveUp(why);
        }
    }

    /** Whether the topic takes nothing but its end: somebody wants it, which {@link #stopped} tells, too. */
    private static boolean isCancelled(Throwable why) {
        return why.getCause() instanceof Refused refused && refused.reason() == Refused.Reason.ENDED
            && refused.facts().containsKey("cancelled");
    }

    /** Whether nothing was published, and may be in a moment. */
    private static boolean isPassing(Throwable why) {
        return why instanceof RivuletException e && (e.kind() == RivuletException.Kind.TRY_AGAIN
            || e.getCause() instanceof Refused refused && refused.reason() == Refused.Reason.STORE_FULL);
    }

    // ---- how it ends

    /** The hub refused something for good, or the source is too far ahead: the topic ends here, if it can. */
    private void giveUp(Throwable why) {
        String word = word(why);
        boolean isLast;
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
            isLast = failure != null || isEnded(why);
            failure = failure == null ? why : failure;
            if (!isLast) {
                addEnd(TopicEnd.ABANDONED, word, true); // in place of an end that waits
            }
        }
        cancelSource();
        if (isLast) {
            over(null);
        } else {
            go();
        }
    }

    private static boolean isEnded(Throwable why) {
        return why.getCause() instanceof Refused refused && refused.reason() == Refused.Reason.ENDED;
    }

    private String word(Throwable why) {
        try {
            return Objects.requireNonNull(wordOnError.apply(why));
        } catch (RuntimeException e) {
            why.addSuppressed(e);
            return "";
        }
    }

    /** The topic was cancelled or has ended; on a thread of the hub's. */
    void stopped(TopicWatches.Stop why) {
        if (why == TopicWatches.Stop.CANCELLED) {
            cancelSource();
            end(TopicEnd.CANCELLED, wordOnCancel, true);
            return;
        }
        boolean closes = why == TopicWatches.Stop.CLOSED;
        synchronized (lock) {
            if (state == State.OVER || state == State.ENDING && !closes) {
                return; // the end is its own, or the answer to its own tells of it
            }
            failure = RivuletException.of(closes
                ? Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing")
                : Refused.because(Refused.Reason.ENDED, "somebody else has ended the topic, or its lease is over"));
        }
        cancelSource();
        over(null);
    }

    private void cancelSource() {
        Flow.Subscription cancelled;
        synchronized (lock) {
            cancelled = source;
        }
        if (cancelled != null) {
            asking.execute(cancelled::cancel);
        }
    }

    private void over(String id) {
        Throwable why;
        synchronized (lock) {
            state = State.OVER;
            waiting.clear();
            onItsWay = List.of();
            why = failure;
        }
        done.run();
        if (why == null) {
            ended.complete(id);
        } else {
            ended.completeExceptionally(why);
        }
    }
}
