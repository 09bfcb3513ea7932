package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.topic.TopicSelection;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * The owner of a stream, as all others see it: its shard. {@link #post} may be called by any thread; all other methods
 * run on the owner's thread, so others call them from posted work.
 *
 * <p>It is an interface so that {@link Subscriber} does not know {@link Shard}.
 *
 * @param <S> the streams that it owns
 */
public interface StreamOwner<S> {

    /** Runs {@code work} on the owner's thread. */
    void post(Runnable work);

    /** The same for work about one stream: when that fails the stream is ended, rather than left half-served. */
    void post(S stream, Runnable work);

    /** Writes the next bytes of the stream, as far as its socket takes them. */
    void serve(S stream);

    /** The stream gets its first bytes; its place comes later, by {@link #attach}. */
    void begin(S stream, byte[] prelude);

    /**
     * The place of a new stream is known.
     *
     * @param damageTold whether the response's headers have told of damage that lies ahead
     */
    void attach(S stream, StartPoint start, boolean damageTold);

    /** The log has answered the question of the stream's feed; {@code taken} is the memory of the answer. */
    void answered(S stream, HistoryRead.Result result, ReadBudget.Taken taken);

    /** Goes on with a fresh grant; {@code answer} is completed once it counts. */
    void renew(S stream, Grant fresh, CompletableFuture<Void> answer);

    /**
     * Goes on with other topics, from where the stream is; {@code answer} is completed with them once they count.
     *
     * @param wish makes them of those that the stream has, or refuses
     */
    void change(S stream, UnaryOperator<TopicSelection> wish, CompletableFuture<TopicSelection> answer);

    /** Ends the stream between two events. */
    void close(S stream, EndReason why);

    /** Ends and forgets the stream at once. Idempotent. */
    void remove(S stream, EndReason why);

    /** How far the stream is behind. */
    Lag lag(S stream);

    /** Completes an answer that somebody waits for, on a thread where that may take its time. */
    void answer(Runnable tell);
}
