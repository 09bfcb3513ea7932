package io.rivulet.http.respond;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.auth.Roles;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.GivingUp;
import io.rivulet.http.form.LastWord;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.http.subscribe.StreamParameters;
import io.rivulet.http.subscribe.SubscribeHandler;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.http.trace.ClientAddress;
import io.rivulet.http.trace.LogLines;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.Hub;
import io.rivulet.hub.dialect.BareDialect;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.dialect.EndlessDialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Answers a request of another servlet of the application with a stream of the hub: the application says which topics
 * and to whom, and has decided that this caller may read them. {@code io.rivulet.StreamResponse} uses it, in the
 * container's request threads. A client is as any other client of the hub from then on: counted, drained, cut where it
 * does not read.
 */
public final class RespondDoor {

    private static final Dialect PLAIN = new PlainDialect();
    private static final Dialect ENDLESS = new EndlessDialect();
    /** Of a stream that is never opened: it is asked whether there is anything to come. */
    private static final Dialect PROBE = new BareDialect(true, true, null);
    private static final long LOOK_UP_MS = 30_000;

    private final HubContext context;
    private final StreamParameters parameters;
    private final SubscribeHandler subscribe;
    private final ClientAddress clients;

    /** The door of this hub. */
    public RespondDoor(HubContext context, OpenResponses responses, ClientAddress clients) {
        this.context = context;
        this.parameters = new StreamParameters(context);
        this.subscribe = new SubscribeHandler(context, responses);
        this.clients = clients;
    }

    /**
     * What the application wants to be answered.
     *
     * @param topics     byte for byte: what looks like a pattern is none, for ids of others may stand in it
     * @param fromStart  whether it begins with the oldest event there is, and not with the next one
     * @param untilEnd   whether it is over when the topics are
     * @param onlyIfOpen whether it is answered with a stream only where the topics have begun and not ended
     * @param bare       whether nothing but the publisher's events is sent
     * @param ids        whether these have their ids
     * @param last       the data of one more event at the end, or null
     * @param after      the id to begin after; null for that of the request
     * @param resumes    whether the request's id is looked at
     * @param reader     who reads, for operators and for the cap of one subject; null for nobody in particular
     * @param headers    of the response, beside those of each stream
     */
    public record Asked(List<String> topics, boolean fromStart, boolean untilEnd, boolean onlyIfOpen, boolean bare,
                        boolean ids, String last, String after, boolean resumes, String reader,
                        Map<String, String> headers) {

        private Dialect dialect() {
            return bare ? new BareDialect(ids, untilEnd, last) : untilEnd ? PLAIN : ENDLESS;
        }
    }

    /** Answers this request, in its own thread; nothing may be done with it afterwards. */
    public void open(Asked asked, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String peer = new RequestTrace(request, clients.of(request), AccessLog.NONE, LogLines.NONE).peer();
        Dialect dialect = asked.dialect();
        try {
            SubscribeRequest wanted = wanted(asked, dialect, request, peer);
            asked.headers().forEach(response::setHeader);
            CompletableFuture<Found> lookUp = request.getMethod().equals("HEAD") ? null : lookUp(asked, wanted);
            if (lookUp != null) {
                new Waiting(wanted, request, response).await(lookUp);
            } else if (request.getMethod().equals("HEAD")) {
                subscribe.head(wanted, response);
                complete(request);
            } else {
                subscribe.open(wanted, null, request, response, () -> asynchronous(request, response));
            }
        } catch (Refused refused) {
            if (!subscribe.refuseSoftly(refused, dialect, null, request, response)) {
                context.problem().write(refused, request, response);
            }
            complete(request);
        }
    }

    /** Where the application has made the request asynchronous, nobody but the hub ends it. */
    private static void complete(HttpServletRequest request) {
        if (request.isAsyncStarted()) {
            Answer.complete(request.getAsyncContext());
        }
    }

    /**
     * What a look-up in the log has found.
     *
     * @param isNothing whether there is nothing to come
     * @param placed    where the stream begins; null where that is looked up later
     */
    private record Found(boolean isNothing, StartPoint.Placed placed) {
    }

    /** The look-up that decides whether there is a stream at all; null where none is needed. */
    private CompletableFuture<Found> lookUp(Asked asked, SubscribeRequest wanted) {
        boolean fromNow = !asked.fromStart() && wanted.cursor() == null;
        Hub hub = context.hub();
        if (asked.onlyIfOpen() || asked.untilEnd() && fromNow) {
            SubscribeRequest now = probe(wanted, Since.LATEST);
            CompletableFuture<Found> over = hub.mayBeOver(now) ? found(now)
                : CompletableFuture.completedFuture(new Found(false, null));
            return GivingUp.compose(over, first -> first.isNothing() ? CompletableFuture.completedFuture(first)
                : GivingUp.apply(hub.place(probe(wanted, Since.LAST)), newest -> new Found(isUnknown(newest), null)));
        }
        return hub.mayBeOver(wanted) ? found(wanted) : null;
    }

    private CompletableFuture<Found> found(SubscribeRequest wanted) {
        return GivingUp.apply(context.hub().place(wanted), placed -> new Found(placed.isOver(), placed));
    }

    private static SubscribeRequest probe(SubscribeRequest wanted, Since since) {
        return new SubscribeRequest(wanted.topics(), wanted.grant(), null, since, wanted.heartbeat(), false, PROBE,
            wanted.peer());
    }

    /** Whether there is no event at all of these topics. */
    private static boolean isUnknown(StartPoint.Placed newest) {
        StartPoint.Fill fill = newest.start().fill();
        return fill == null || fill.first() != null && fill.first().isEmpty();
    }

    /**
     * A request that waits for its look-up. It is not dispatched to its servlet again, as the hub's own are: that is
     * the application's, and would do whatever it does a second time. So the reader that has the answer goes on.
     */
    private final class Waiting implements AsyncListener {
        private final LastWord word = new LastWord();
        private final SubscribeRequest wanted;
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private CompletableFuture<Found> lookUp;
        private AsyncContext async;
        private WaitingCallers.Caller caller;

        Waiting(SubscribeRequest wanted, HttpServletRequest request, HttpServletResponse response) {
            this.wanted = wanted;
            this.request = request;
            this.response = response;
        }

        void await(CompletableFuture<Found> found) {
            lookUp = found;
            async = asynchronous(request, response);
            async.setTimeout(LOOK_UP_MS);
            async.addListener(this);
            caller = context.callers().add(async, word, this::hasLeft);
            found.whenComplete((value, failure) -> {
                caller.end();
                word.take(() -> answer(value, failure));
            });
        }

        private boolean hasLeft() {
            lookUp.cancel(false);
            return Answer.complete(async);
        }

        /** On a thread of the hub's; false when the container alone can end the request now. */
        private boolean answer(Found found, Throwable failure) {
            try {
                if (failure != null) {
                    return refuse(failure instanceof CompletionException e ? e.getCause() : failure);
                }
                if (found.isNothing()) {
                    subscribe.nothingIsLeft(request, response);
                    return Answer.complete(async);
                }
                subscribe.open(wanted, found.placed(), request, response, () -> async);
                return true;
            } catch (Refused e) {
                return refuse(e);
            } catch (IOException | RuntimeException e) {
                return refuse(e);
            }
        }

        private boolean refuse(Throwable why) {
            try {
                if (why instanceof Refused refused) {
                    if (!subscribe.refuseSoftly(refused, wanted.dialect(), null, request, response)) {
                        return context.problem().send(refused, async);
                    }
                } else {
                    return context.problem().fault(why, request).send(async);
                }
            } catch (IOException | RuntimeException e) {
                context.problem().fault(e, request); // for the log; the client has left
            }
            return Answer.complete(async);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            if (word.takeInContainer()) {
                lookUp.cancel(false);
                refuse(Refused.because(Refused.Reason.OVERLOADED, "this took longer than " + LOOK_UP_MS + " ms"));
            } else if (word.takeDebt()) {
                Answer.complete(async);
            }
        }

        @Override
        public void onError(AsyncEvent event) {
            if (word.takeInContainer()) {
                lookUp.cancel(false);
                Answer.complete(async);
            } else if (word.takeDebt()) {
                Answer.complete(async);
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            if (word.takeInContainer()) {
                lookUp.cancel(false);
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // nobody dispatches it again
        }
    }

    /**
     * A request may be asynchronous already, as JAX-RS makes it. A response that a filter has wrapped is written to as
     * it is wrapped: the filter may have said in a header what it does.
     */
    private static AsyncContext asynchronous(HttpServletRequest request, HttpServletResponse response) {
        if (request.isAsyncStarted()) {
            return request.getAsyncContext();
        }
        return request instanceof ServletRequestWrapper || response instanceof ServletResponseWrapper
            ? request.startAsync(request, response) : request.startAsync();
    }

    private SubscribeRequest wanted(Asked asked, Dialect dialect, HttpServletRequest request, String peer) {
        int bytesMax = context.settings().get(SettingsTable.TOPIC_BYTES_MAX);
        TopicSelection topics = TopicSelection.of(asked.topics().stream()
            .map(topic -> new TopicMatcher.Exact(Topic.check(topic, bytesMax))).toList());
        String cursor = asked.after();
        if (cursor == null && asked.resumes()) {
            cursor = StreamParameters.lastEventId(request, new FormFields(), new FormFields(), dialect);
        }
        boolean isNone = cursor == null || cursor.isEmpty();
        Since since = asked.fromStart() ? Since.EARLIEST : Since.LATEST;
        return new SubscribeRequest(topics, grant(asked.reader()), isNone ? null : cursor, since,
            parameters.usualHeartbeat(request), false, dialect, peer);
    }

    /** The application has decided that these topics may be read, private events too. */
    private static Grant grant(String reader) {
        return reader == null || reader.isEmpty() || reader.length() > Grant.NAME_CHARS_MAX
            ? Grant.of(Grant.ANONYMOUS.issuer(), Grant.ANONYMOUS.subject(), GrantedTopics.NONE, GrantedTopics.ALL,
                false)
            : Grant.of(Roles.ISSUER, reader, GrantedTopics.NONE, GrantedTopics.ALL, false);
    }
}
