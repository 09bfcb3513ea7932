package io.rivulet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The hub, for Java code in the same application: publish, read history, see who listens. Get it by
 * {@link Rivulet#hub}, by {@link Installation#hub()}, as a bean of Spring Boot, or by {@code @Inject} of CDI.
 *
 * <p><b>Threads.</b> Any thread may call any method. None of them waits for the disk or for a client. A future is
 * completed on a thread of the hub's that serves everybody: what hangs on it must not block; hand longer work to an
 * executor of your own ({@code thenAcceptAsync(…, executor)}).
 *
 * <p><b>Errors.</b> What cannot be done is a {@link RivuletException}, thrown at once where it is known at once, else
 * in the future. Its message names what was refused, the limit with its setting, and the value seen. Arguments that are
 * null where nothing says that they may be are a {@link NullPointerException}.
 *
 * <p><b>Rights.</b> Code in the application may publish to every topic and read every event, private ones too, without
 * a limit of rate. Who may do what by HTTP is decided by the settings.
 *
 * <p>Implemented by the hub alone; methods may be added to it.
 */
public interface RivuletHub {

    /**
     * Publishes data to a topic.
     *
     * @param topic such as {@code orders/42}
     * @param data  any text; each of its lines reaches the client as a line
     * @return the id of the event, completed once the event is durable; see {@link #publish(List, String)}
     */
    default CompletableFuture<String> publish(String topic, String data) {
        return publish(Message.on(topic, data));
    }

    /**
     * Publishes one event.
     *
     * @return its id, completed once the event is durable; see {@link #publish(List, String)}
     */
    default CompletableFuture<String> publish(Message message) {
        return publish(List.of(message), null).thenApply(ids -> ids.get(0));
    }

    /**
     * Publishes events together: all or none of them, one after the other in the hub's order, in one group of the log.
     *
     * @param messages at least one
     * @param key      known again for as long as the settings say: the same key with the same content publishes
     *                 nothing and gives the first ids again. Null for none; then the messages' own ids are the key,
     *                 where they have any
     * @return the ids in the order of the messages, completed once all are as durable as their topics are. Whoever
     *     cancels it takes nothing back
     * @throws RivuletException at once, when a rule or a limit is broken ({@code INVALID}) or the hub takes nothing now
     *                          ({@code TRY_AGAIN}); in the future when the log could not take it ({@code STORE})
     */
    CompletableFuture<List<String>> publish(List<Message> messages, String key);

    /**
     * Publishes what a source gives piece by piece, such as an answer of a language model, and ends the topic when the
     * source ends: {@code hub.publisher("run/42").join(Duration.ofMillis(20), 512)}. One for each source.
     *
     * @throws RivuletException when too many are at work
     */
    TopicPublisher publisher(String topic);

    /**
     * Tells when somebody cancels a topic, by HTTP or here, so that its publisher may stop and say its last word. A
     * {@link TopicPublisher} learns it by itself.
     *
     * @param task called once for each time, on a thread of the hub's; it must not block
     * @return ends the watch when it is closed
     * @throws RivuletException when too many topics are watched
     */
    Watch onCancel(String topic, Runnable task);

    /**
     * Tells when no open stream would have got an event of this topic for so long, so that work for nobody can end.
     * Streams with patterns count as well. After somebody has listened again it tells of the next time.
     *
     * @param time 1 s to 30 days, from now on or from the last listener
     * @param task called on a thread of the hub's; it must not block
     * @return ends the watch when it is closed
     * @throws RivuletException when the time is another one, or too many topics are watched
     */
    Watch onUnheard(String topic, Duration time, Runnable task);

    /**
     * Asks for the end of a topic, such as a run that somebody stops. Streams of it get an event
     * {@code rivulet.cancel}, once; its publisher is refused from then on ({@link RivuletException.Kind#ENDED}), but
     * for a message that ends it ({@link Message#ending()}), so that it can write its last word.
     *
     * <p>Whoever stops a run may come a moment after its end. That is no failure: nothing is left to be stopped.
     *
     * @return the id of that event, the same however often it is asked, or where the topic has ended before, the id of
     *     its end; completed once it is durable
     * @throws RivuletException at once when the topic cannot be one, or the hub takes nothing now
     */
    CompletableFuture<String> cancel(String topic);

    /**
     * Reads a page of history: durable events, the oldest first. A page has at most about 4 MiB of data, so it may have
     * fewer events than asked for; {@link Page#next()} tells whether there are more.
     *
     * @return completed by a reader of the log; whoever cancels it ends the search
     * @throws RivuletException at once when the query cannot be meant or the log is not open; in the future when the
     *                          log cannot be read
     */
    CompletableFuture<Page> history(HistoryQuery query);

    /**
     * The streams that are open at this instant, those that have been open for longest first.
     *
     * @param most at most so many, at least 1; {@link #connectionCount()} tells how many there are
     */
    List<Connection> connections(int most);

    /** How many streams are open at this instant. */
    int connectionCount();

    /**
     * Ends a stream. Its client may come back, as after any end; a ban keeps it away, by HTTP.
     *
     * @param connection the name that {@link Connection#name()} tells
     * @return false when no open stream has this name
     */
    boolean closeConnection(String connection);

    /**
     * Whether an open stream would get an event of this topic, so that work for nobody need not be done. By the time
     * that the event is published another may have come; it misses nothing, since it starts later.
     */
    boolean isHeard(String topic);

    /**
     * Who is subscribed to what at this instant: one entry for each topic or pattern of each open stream.
     *
     * @throws IllegalStateException when presence is off, as it is by default; the message names the setting
     * @throws RivuletException when the list would take too much memory
     */
    List<Presence> presence();

    /**
     * Why the hub does not serve streams now, such as a log that is still being opened; empty when it does. For health
     * checks.
     */
    Optional<String> whyNotReady();

    /** Why publishing would fail now, such as a full disk; empty when it works. For health checks. */
    Optional<String> whyNotPublishing();

    /** Something that is watched until this is closed. */
    interface Watch extends AutoCloseable {
        /** Nothing more is told. Idempotent. */
        @Override
        void close();
    }

    /**
     * A page of history.
     *
     * @param events the oldest first
     * @param next   the id to go on after ({@link HistoryQuery#after}), or null at the end of history
     */
    record Page(List<Past> events, String next) {
    }

    /**
     * An event of the past.
     *
     * @param id        its id: a stream or a query may begin after it
     * @param time      when it became part of the order, in milliseconds
     * @param topics    its topics, the first as the canonical one
     * @param type      its type, or null
     * @param data      its data
     * @param isPrivate whether only those see it who have a right to one of its topics
     */
    record Past(String id, Instant time, List<String> topics, String type, String data, boolean isPrivate) {
    }

    /**
     * An open stream.
     *
     * @param name    names it, as {@code rivulet.hello} tells its client
     * @param subject who reads: the subject of a token, the user of a login, or {@code anonymous}
     * @param address the client's address
     * @param topics  what it asked for, in its own words
     * @param opened  since when
     * @param expires when its token ends and the stream with it; null without an end
     */
    record Connection(String name, String subject, String address, List<String> topics, Instant opened,
                      Instant expires) {
    }

    /**
     * A subscription of an open stream.
     *
     * @param subscriber the same for all subscriptions of one stream, and different from its name
     * @param topic      the topic or pattern that is subscribed to
     * @param payload    what the subscriber's token says to others, as JSON; null for nothing
     */
    record Presence(String subscriber, String topic, String payload) {
    }
}
