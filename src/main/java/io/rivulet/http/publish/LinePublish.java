package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.BAD_TOKEN;
import static io.rivulet.refusal.Refused.Reason.NOT_OPEN;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.stream.BodyPatience;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One body that is published line by line while it comes. {@link LinePublishes} makes it, and looks at it a few times a
 * second.
 *
 * <p>It is a loop ({@link #round}): publish the whole lines that are there as one group, wait for its answer, read what
 * has come meanwhile. Nothing is read while a group is under way, so a slow disk slows the sender through TCP, and the
 * body never takes more memory than its buffer.
 *
 * <p>The hard thing is who runs the loop. T1 (a thread of the container) has seen that nothing more is there, and is on
 * its way out of the loop; T2 (another one) brings the news that more has come, before T1 is out; and T3 (the thread
 * for answers) has the answer of the group. So each of them only counts a signal, and the first one runs the loop until
 * no signal is left: one thread at a time, always one of the container's, for the loop parses lines and may write an
 * answer. When the container ends the request it waits until the loop is out: its objects are another request's then.
 */
final class LinePublish implements ReadListener, AsyncListener {

    /** Lines of one group: the most that the committer takes at once. */
    private static final int LINES_MAX = 512;
    /** A container waits for a body longer than the hub does, by so much at least. */
    private static final long BEYOND_MS = 60_000;
    /** How long a client may still send that is refused already: cut off earlier it may lose its answer. */
    private static final long LINGER_NS = 2_000_000_000L;
    /** The longest wait for a loop that is on its way out. */
    private static final long OUT_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;
    /** Where thrown-away bytes go: nobody ever reads it. */
    private static final byte[] SCRAP = new byte[8_192];

    private final HubContext context;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AsyncContext async;
    private final ServletInputStream in;
    private final LinesForm form;
    private final Grant grant;
    private final PublishAudit audit;
    private final BytesInFlight.Charge charge;
    private final LineBuffer buffer;
    private final BodyPatience patience;
    private final long declaredBytes;
    private final long idleMs;
    private final LongSupplier nanos;
    private final Consumer<LinePublish> gone;
    private final int linesMax;

    private final AtomicInteger signals = new AtomicInteger();
    private volatile Thread runner;
    private final AtomicBoolean completed = new AtomicBoolean();
    /** The request is over, or about to be: nothing of it may be touched. */
    private volatile boolean over;
    /** A group is under way. */
    private volatile boolean inFlight;
    /** A group waits for the rate of its subject, or for room in the queue. */
    private volatile boolean waits;
    /** When something came last. */
    private volatile long heardNs;
    /** Until when a client that was refused may go on; 0 before that. */
    private volatile long lingerNs;
    /** Why it must end although its lines are well. */
    private volatile Refused told;
    private volatile boolean isCut;
    private volatile boolean allRead;
    /** The ids of the group that was under way, or why there are none. */
    private List<String> ids;
    private Throwable failure;
    private volatile boolean isAnswered;

    // of the loop alone
    private ProducerSeq producer;
    private List<Event> group = List.of();
    private int[] numbers = new int[0];
    private Refused refusal;
    private int line;
    private long bytesRead;
    private boolean isFast;
    private long taken;
    private String first;
    private String last;
    /** The group that ends the topic was made; one of these two ways. */
    private boolean isEnded;
    private boolean isBareEnd;
    private long thrownAway;

    /**
     * A request that is started, and whose body nobody has read.
     *
     * @param producer how its lines are numbered, or null
     * @param refusal  why it is refused already, where there may be no form; else null
     * @param gone     is told when nothing more is to be done for it, maybe twice
     */
    LinePublish(HubContext context, AsyncContext async, LinesForm form, Grant grant, ProducerSeq producer,
                BytesInFlight.Charge charge, Refused refusal, LongSupplier nanos, Consumer<LinePublish> gone)
        throws IOException {
        this.nanos = nanos;
        this.gone = gone;
        idleMs = context.settings().get(SettingsTable.STREAM_IDLE).toMillis();
        this.context = context;
        this.async = async;
        this.form = form;
        this.grant = grant;
        this.producer = producer;
        this.charge = charge;
        this.refusal = refusal;
        request = (HttpServletRequest) async.getRequest();
        response = (HttpServletResponse) async.getResponse();
        in = request.getInputStream();
        declaredBytes = request.getContentLengthLong();
        audit = new PublishAudit(RequestTrace.of(request), grant);
        buffer = refusal == null ? new LineBuffer(form.lineMax(), charge) : null;
        patience = refusal == null ? BodyPatience.of(request, 2 * idleMs + BEYOND_MS) : null;
        linesMax = Math.min(LINES_MAX, context.settings().get(SettingsTable.BATCH_MAX));
        heardNs = nanos.getAsLong();
    }

    /** Begins to read, or says no at once; nothing may be done with the request afterwards. */
    void start() throws IOException {
        async.setTimeout(0);
        async.addListener(this);
        async.addListener(charge);
        if (refusal != null) {
            refuse(refusal);
        }
        in.setReadListener(this);
    }

    // ---- signals

    @Override
    public void onDataAvailable() {
        signal();
    }

    @Override
    public void onAllDataRead() {
        allRead = true;
        signal();
    }

    @Override
    public void onError(Throwable broken) {
        isCut = true;
        signal();
        awaitOut();
    }

    /** The answer of a group, on the thread for answers. */
    private void arrived(List<String> answer, Throwable why) {
        ids = answer;
        failure = why instanceof CompletionException ? why.getCause() : why;
        isAnswered = true;
        inFlight = false; // behind what it is about
        wake();
    }

    /** Ends it for this reason, at its next round. Any thread. */
    void end(Refused why) {
        told = why;
        wake();
    }

    /** A look from outside, a few times a second. */
    void look(long nowNs) {
        if (over) {
            gone.accept(this);
            return;
        }
        if (patience != null) {
            patience.extend();
        }
        if (lingerNs != 0) {
            if (nowNs - lingerNs > 0) {
                wake();
            }
        } else if (waits || isAnswered || told != null) {
            wake(); // once more, should the container have had no thread for the last one
        } else if (!inFlight && signals.get() == 0) {
            if (nowNs - heardNs > idleMs * 1_000_000) {
                end(Refused.malformed("nothing of the body has come for " + idleMs + " ms ("
                    + SettingsTable.STREAM_IDLE.fullKey() + ")"));
            } else if (isExpired()) {
                end(expired());
            }
        }
    }

    private boolean isExpired() {
        return grant != null && context.clock().millis() >= grant.expiresMs();
    }

    private static Refused expired() {
        return Refused.because(BAD_TOKEN, "the token has ended while the body was read");
    }

    /** Signals from a thread that is not the container's: one of its own comes for it. */
    private void wake() {
        try {
            async.start(this::signal);
        } catch (RuntimeException e) {
            return; // the request is over; or the container has no thread now, and the next look comes again
        }
    }

    private void signal() {
        if (signals.getAndIncrement() != 0) {
            return; // whoever runs the loop goes round once more
        }
        runner = Thread.currentThread();
        int seen = 1;
        int left;
        do {
            try {
                round();
            } catch (IOException e) {
                isCut = true;
                signals.getAndIncrement();
            } catch (RuntimeException | Error e) {
                fault(e);
            }
            left = signals.addAndGet(-seen);
            seen = left;
        } while (left != 0);
    }

    /** Waits until no other thread is in the loop; in threads of the container, before it lets go of the request. */
    private void awaitOut() {
        long startNs = System.nanoTime();
        while (signals.get() != 0 && runner != Thread.currentThread() && System.nanoTime() - startNs < OUT_NS) {
            LockSupport.parkNanos(POLL_NS);
        }
    }

    // ---- the loop

    private void round() throws IOException {
        while (!over) {
            if (lingerNs != 0) {
                throwAway();
                return;
            }
            if (inFlight) {
                return;
            }
            takeAnswer();
            if (refusal == null && told != null) {
                group = List.of();
                refusal = told;
            }
            if (group.isEmpty() && refusal == null) {
                gather();
            }
            if (!group.isEmpty()) {
                if (!publish()) {
                    return;
                }
            } else if (refusal != null) {
                refuse(refusal);
            } else if (isCut) {
                refuse(Refused.malformed("the body ended early"));
            } else if (allRead && buffer.isEmpty() && isEnded == form.ends()) {
                finish();
            } else if (!read()) {
                return;
            }
        }
    }

    /** Whether there is something to do about what was read. */
    private boolean read() throws IOException {
        buffer.makeRoom(isFast);
        isFast = false;
        boolean any = false;
        while (true) {
            if (buffer.room() == 0) {
                isFast = true;
                return true;
            }
            if (!in.isReady()) {
                return any || allRead;
            }
            int n = in.read(buffer.bytes(), buffer.at(), buffer.room());
            if (n > 0) {
                buffer.added(n);
                bytesRead += n;
                heardNs = nanos.getAsLong();
                any = true;
            }
            if (n < 0 || in.isFinished()) {
                allRead = true;
                return true;
            }
        }
    }

    /** Makes a group of the whole lines that are there, up to the first that is none. */
    private void gather() {
        int max = context.hub().atOnce();
        List<Event> events = new ArrayList<>();
        numbers = numbers.length == 0 ? new int[linesMax] : numbers;
        if (allRead && declaredBytes >= 0 && bytesRead != declaredBytes) {
            isCut = true; // one container reports this as an error, another as an end
        }
        int number = line;
        try {
            for (int topics = 0; topics < max && events.size() < linesMax; ) {
                number = line + 1;
                byte[] next = buffer.next();
                if (next == null && allRead && !isCut) {
                    next = buffer.rest();
                }
                if (next == null) {
                    break;
                }
                line = number;
                numbers[events.size()] = number;
                Event event = form.event(next);
                if (event != null) {
                    events.add(event);
                    topics += event.topics().size();
                }
            }
            if (form.ends() && allRead && !isCut && buffer.isEmpty() && !isEnded) {
                isEnded = true;
                end(events);
            }
        } catch (Refused e) {
            refusal = ofLine(number, e);
        }
        group = events;
    }

    /** The topic ends with the last line; where that is published already, with an event that has no data. */
    private void end(List<Event> events) {
        int n = events.size();
        isBareEnd = n == 0;
        if (isBareEnd) {
            numbers[0] = line + 1;
            events.add(form.end());
        } else {
            events.set(n - 1, events.get(n - 1).asEnd(TopicEnd.FINISHED));
        }
    }

    private static Refused ofLine(int number, Refused refused) {
        return refused.saying("line " + number + ": " + refused.getMessage());
    }

    /** Whether the loop goes on; else the group is under way, or waits. */
    private boolean publish() {
        waits = false;
        if (isExpired()) {
            group = List.of();
            refusal = expired();
            return true;
        }
        CompletableFuture<List<String>> published;
        try {
            published = context.hub().tryPublish(new Publication(group, grant, null, producer));
        } catch (Refused e) {
            cutAtFault(e);
            return true;
        }
        if (published == null) {
            waits = true;
            return false;
        }
        inFlight = true;
        published.whenComplete(this::arrived);
        return true;
    }

    /** The hub has refused the group: what comes before the line that breaks a rule is published. */
    private void cutAtFault(Refused ofAll) {
        for (int i = 0; i < group.size(); i++) {
            try {
                context.hub().check(group.get(i), grant);
            } catch (Refused e) {
                refusal = ofLine(numbers[i], e);
                group = List.copyOf(group.subList(0, i));
                return;
            }
        }
        refusal = ofAll;
        group = List.of();
    }

    private void takeAnswer() {
        isAnswered = false;
        if (ids != null) {
            taken += group.size() - (isBareEnd ? 1 : 0); // also what was taken before, when it was sent first
            if (!ids.isEmpty()) {
                first = first == null ? ids.get(0) : first;
                last = ids.get(ids.size() - 1);
                audit.published(group.subList(group.size() - ids.size(), group.size()), ids);
            }
            producer = producer == null ? null : producer.after(group.size());
            group = List.of();
        } else if (failure != null) {
            group = List.of();
            if (failure instanceof Refused refused) {
                refusal = refused;
            } else {
                fault(failure);
            }
        }
        ids = null;
        failure = null;
    }

    // ---- the end

    private void finish() {
        JsonObject json = new JsonObject();
        json.addProperty("first", first);
        json.addProperty("last", last);
        json.addProperty("count", taken);
        answer(Answer.json(200, json.toString()));
    }

    private void fault(Throwable why) {
        if (over) {
            return; // the container took the request away under the loop's hands
        }
        try {
            audit.refused(null, why);
            answer(context.problem().fault(why, request));
        } catch (RuntimeException | Error e) {
            over = true; // no memory for words
            complete();
        }
    }

    private void answer(Answer answer) {
        leave();
        if (completed.compareAndSet(false, true)) {
            answer.header("Cache-Control", RequestTrace.of(request).cacheControl()).send(async);
        }
    }

    /** From here on nothing more is read or published. */
    private void leave() {
        letGo();
        over = true;
        gone.accept(this);
    }

    private void letGo() {
        if (buffer != null) {
            patience.end();
            buffer.close();
        }
        charge.close();
    }

    /**
     * Says no at once, while the client may still send. What it sends is read for a while: a connection that is closed
     * over unread bytes is reset, and the answer gets lost.
     */
    private void refuse(Refused why) throws IOException {
        Refused full = why.saying(why.getMessage() + "; " + (taken == 0 ? "no line"
            : taken + " line" + (taken == 1 ? "" : "s")) + " of this body " + (taken < 2 ? "was" : "were")
            + " published").with("taken", taken);
        context.hub().metrics().add(Count.REFUSED);
        audit.refused(null, why);
        Answer answer = context.problem().answer(full, request);
        if (allRead || isCut || why.reason() == NOT_OPEN) { // where the hub closes nobody comes once more
            answer(answer);
            return;
        }
        letGo();
        if (request.getProtocol().startsWith("HTTP/1.")) {
            answer.header("Connection", "close");
        }
        answer.write(response); // in a thread of the container, where a short blocking write is allowed
        response.flushBuffer();
        lingerNs = nanos.getAsLong() + LINGER_NS;
    }

    private void throwAway() {
        boolean isDone = isCut || allRead || nanos.getAsLong() - lingerNs > 0;
        try {
            while (!isDone && in.isReady()) {
                int n = in.read(SCRAP);
                thrownAway += n;
                isDone = n < 0 || in.isFinished()
                    || thrownAway > 2 * context.settings().get(SettingsTable.BODY_MAX);
            }
        } catch (IOException e) {
            isDone = true; // the client has its answer, and has left
        }
        if (isDone) {
            over = true;
            gone.accept(this);
            complete();
        }
    }

    private void complete() {
        if (completed.compareAndSet(false, true)) {
            Answer.complete(async);
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        over = true; // Tomcat says so when the application ends
        awaitOut();
        if (completed.compareAndSet(false, true)) {
            try {
                context.problem().write(Refused.because(NOT_OPEN, "the hub is closing").with("taken", taken), request,
                    response);
            } catch (IOException | IllegalStateException e) {
                // the client has gone as well
            }
            Answer.complete(async);
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        over = true;
        awaitOut();
        complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        over = true;
        gone.accept(this);
        awaitOut();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // no request is started twice here
    }
}
