package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.log.LocalLog;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The open streams by their public names, for operators and for the owners of streams. The hub adds and removes them,
 * the doors ask. Any thread.
 *
 * <p>It never touches a stream of another thread: it posts to the stream's shard and completes its answer from there.
 */
public final class Connections implements StreamsElsewhere.Here, OwnersElsewhere.Here {

    private static final StreamNames.Name NO_NAME = new StreamNames.Name(0, 0);

    private final Map<StreamNames.Name, Subscriber> open = new ConcurrentHashMap<>();
    private final StreamNames names;
    private final StreamSessions sessions;
    /** Null in a hub alone, as the next one and the nodes. */
    private volatile StreamsElsewhere elsewhere;
    private volatile OwnersElsewhere owners;
    private volatile ListenersElsewhere listeners;
    private volatile Nodes nodes;

    /** No streams yet; {@code names} knows their secrets. */
    public Connections(StreamNames names, InstantSource clock) {
        this.names = names;
        sessions = new StreamSessions(clock);
    }

    /**
     * Other nodes have streams, too: {@link #elsewhere} asks them, and {@link #owners} has them change these.
     *
     * @param heard how many streams of this node would get an event of a topic; less than 0 while that is not found
     *              out, then it is asked again
     */
    public void share(Nodes all, NodeQuestions.Later later, TopicSpace topics, ToIntFunction<String> heard) {
        nodes = all;
        elsewhere = new StreamsElsewhere(this, all, later);
        listeners = new ListenersElsewhere(heard, all, later);
        owners = new OwnersElsewhere(this, names, all, topics, later, System::nanoTime);
        sessions.share(all, later, topics);
        all.join(StreamsElsewhere.KIND, elsewhere);
        all.join(OwnersElsewhere.KIND, owners);
        all.join(ListenersElsewhere.KIND, listeners);
    }

    /** This log is open from now on; in a cluster it tells which node this one is. Before the first stream. */
    public void begin(LocalLog log) {
        if (nodes != null) {
            names.mark(nodes.self(), log.seal().keyFor("streams"));
            owners.begun();
        }
    }

    /** Those of the other nodes of a cluster; null in a hub alone. */
    public StreamsElsewhere elsewhere() {
        return elsewhere;
    }

    /** What streams were changed to, for clients that come back. */
    public StreamSessions sessions() {
        return sessions;
    }

    /** What owners ask of streams of other nodes; null in a hub alone. */
    public OwnersElsewhere owners() {
        return owners;
    }

    /** How many streams other nodes have for topics; null in a hub alone. */
    public ListenersElsewhere listeners() {
        return listeners;
    }

    /** All of them, in no order. */
    public List<Connection> list() {
        return open.values().stream().map(Connections::shown).toList();
    }

    /** How many there are. */
    @Override
    public int open() {
        return open.size();
    }

    /** Those that have been open for longest, so many at most, the oldest first. */
    @Override
    public List<Connection> oldest(int most) {
        Comparator<Subscriber> byAge = Comparator.comparingLong(s -> s.admission().openedMs());
        PriorityQueue<Subscriber> oldest = new PriorityQueue<>(byAge.reversed()); // its head is the first to go
        for (Subscriber s : open.values()) {
            oldest.add(s);
            if (oldest.size() > most) {
                oldest.poll();
            }
        }
        return oldest.stream().sorted(byAge).map(Connections::shown).toList();
    }

    /** The stream of this public name. */
    @Override
    public Optional<Connection> find(String connection) {
        return Optional.ofNullable(named(connection)).map(Connections::shown);
    }

    /**
     * How far those of these public names that are open are behind. Each shard is asked once, between two rounds.
     *
     * @return by public name, completed on the hub's thread for answers
     */
    @Override
    public CompletableFuture<Map<String, Lag>> lags(Collection<String> wanted) {
        Map<StreamOwner<Subscriber>, List<Subscriber>> asked = wanted.stream().map(this::named).filter(s -> s != null)
            .collect(Collectors.groupingBy(Subscriber::owner));
        CompletableFuture<Map<String, Lag>> answer = new CompletableFuture<>();
        if (asked.isEmpty()) {
            answer.complete(Map.of());
        }
        Map<String, Lag> lags = new ConcurrentHashMap<>();
        Set<StreamOwner<Subscriber>> left = ConcurrentHashMap.newKeySet();
        left.addAll(asked.keySet());
        asked.forEach((owner, streams) -> owner.post(new LagQuestion(owner, streams, lags, left, answer)));
        return answer;
    }

    /** The question to one shard of several; the last one completes the answer. One that fails leaves streams out. */
    private record LagQuestion(StreamOwner<Subscriber> owner, List<Subscriber> streams, Map<String, Lag> lags,
                               Set<StreamOwner<Subscriber>> left, CompletableFuture<Map<String, Lag>> answer)
        implements Mailbox.Work {

        @Override
        public void run() {
            streams.forEach(s -> lags.put(s.connection(), owner.lag(s)));
            done();
        }

        @Override
        public void failed(Throwable e) {
            done();
        }

        /** May be called again after it failed. */
        private void done() {
            left.remove(owner);
            if (left.isEmpty()) {
                owner.answer(() -> answer.complete(lags));
            }
        }
    }

    /** Whether this is the secret that the connection's stream was told, and nobody else. For tests. */
    boolean isOwner(String connection, String secret) {
        return owned(connection, secret) != null;
    }

    /**
     * Goes on with a fresh token. It counts from the next event boundary on, also where it grants less.
     *
     * @return completed on the stream's own thread once it counts; fails with {@link Refused}: {@code NOT_FOUND} for an
     *     unknown name and a wrong secret alike, {@code FORBIDDEN} when the token is somebody else's, {@code BANNED}
     */
    @Override
    public CompletableFuture<Void> renew(String connection, String secret, Grant fresh) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Subscriber s = owned(connection, secret);
        if (s == null) {
            answer.completeExceptionally(Refused.because(Reason.NOT_FOUND, OwnersElsewhere.NOBODY));
        } else if (!s.grant().isSameAs(fresh)) {
            answer.completeExceptionally(Refused.because(Reason.FORBIDDEN,
                "a stream goes on only with a token of the same issuer and subject"));
        } else {
            s.owner().post(new Posted<>(s, answer, () -> s.owner().renew(s, fresh, answer)));
        }
        return answer;
    }

    /** A stream of which nobody knows whether its change counts is ended: its client asks again. */
    private record Posted<T>(Subscriber stream, CompletableFuture<T> answer, Runnable change) implements Mailbox.Work {

        @Override
        public void run() {
            change.run();
        }

        @Override
        public void failed(Throwable e) {
            stream.owner().remove(stream, EndReason.FAULT);
            stream.owner().answer(() -> answer.completeExceptionally(Refused.because(Reason.NOT_FOUND,
                "the stream has ended meanwhile", e)));
        }
    }

    /**
     * Goes on with other topics. They count from the place where the stream is: of an added one every event behind that
     * comes, of a removed one none. The stream tells of it before anything else comes.
     *
     * @param caller who asks, as the same subject that opened the stream
     * @param wish   makes them of those that the stream has at that moment, on its shard's thread; or refuses
     * @return completed with all its topics once they count; fails with {@link Refused} as {@link #renew} does, and
     *     where there is no room for what is added
     */
    @Override
    public CompletableFuture<TopicSelection> change(String connection, String secret, Grant caller,
                                                    UnaryOperator<TopicSelection> wish) {
        CompletableFuture<TopicSelection> answer = new CompletableFuture<>();
        Subscriber s = owned(connection, secret);
        if (s == null) {
            answer.completeExceptionally(Refused.because(Reason.NOT_FOUND, OwnersElsewhere.NOBODY));
        } else if (!s.grant().isSameAs(caller)) {
            answer.completeExceptionally(Refused.because(Reason.FORBIDDEN,
                "the topics of a stream are changed only by the issuer and subject that opened it"));
        } else {
            s.owner().post(new Posted<>(s, answer, () -> s.owner().change(s, wish, answer)));
        }
        return answer;
    }

    /** Ends the stream of this owner, as {@link #close} does; false where it is not theirs. */
    @Override
    public boolean closeOwn(String connection, String secret, Grant caller) {
        Subscriber s = owned(connection, secret);
        return s != null && s.grant().isSameAs(caller) && close(connection);
    }

    /** Ends the stream at the next event boundary; false when there is none of this name. */
    @Override
    public boolean close(String connection) {
        Subscriber s = named(connection);
        if (s != null) {
            s.owner().post(s, () -> s.owner().close(s, EndReason.CLOSED));
        }
        return s != null;
    }

    /** The stream is open from now on. */
    public void add(Subscriber s) {
        open.put(s.admission().connection(), s);
    }

    /** The stream has ended. */
    public void remove(Subscriber s) {
        open.remove(s.admission().connection(), s);
    }

    /** Compares the secret also where there is no such connection, so that the time tells nothing. */
    private Subscriber owned(String connection, String secret) {
        StreamNames.Name name = StreamNames.Name.of(connection);
        boolean right = names.isSecretOf(name == null ? NO_NAME : name, secret == null ? "" : secret);
        return name != null && right ? open.get(name) : null;
    }

    private Subscriber named(String connection) {
        StreamNames.Name name = StreamNames.Name.of(connection);
        return name == null ? null : open.get(name);
    }

    private static Connection shown(Subscriber s) {
        Grant grant = s.grant();
        return new Connection(s.connection(), grant.issuer(), grant.subject(), grant.tokenId(), s.request().peer(),
            s.request().topics().matchers().stream().map(TopicMatcher::text).toList(), s.request().dialect().name(),
            s.admission().openedMs(), grant.expiresMs());
    }
}
