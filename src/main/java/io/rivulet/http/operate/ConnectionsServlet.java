package io.rivulet.http.operate;

import static io.rivulet.refusal.Refused.Reason.NOT_FOUND;
import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import com.google.gson.JsonObject;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.heap.HeapBytes;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.stream.ListDocument;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.stream.Connection;
import io.rivulet.hub.stream.ConnectionDocument;
import io.rivulet.hub.stream.Connections;
import io.rivulet.hub.stream.Lag;
import io.rivulet.hub.stream.OwnersElsewhere;
import io.rivulet.hub.stream.StreamsElsewhere;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * {@code /api/connections}: operators see and close open streams, and ban their readers. The owner of a stream, known
 * by the secret in the stream's first event, changes its topics, gives it a fresh token or closes it. It runs in the
 * container's request threads; an answer that needs the shards waits for them as a {@link SuspendedRequest}.
 */
public final class ConnectionsServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, PATCH, DELETE, OPTIONS";
    private static final String SECRET = "Rivulet-Secret";
    /** A longer list would have megabytes; the total is told beside it. */
    private static final int LISTED_MAX = 1_000;
    /** Of one of them, as it is listed and with what its shard says, beside its topics. */
    private static final long ENTRY_BYTES = 400;
    /** The longest wait for the shards, which answer between two rounds. */
    private static final long SHARDS_MS = 5_000;
    /** Two lists of as many characters as a stream may ask for, each written in JSON as six. */
    private static final long TOPICS_BYTES_MAX = 1 << 20;
    private static final String NOBODY = "no connection has this name";

    private final String path;
    private final transient BanHandler bans;
    private final transient PageResponses responses;
    private final transient MatcherParameters matchers;

    /** The servlet of this hub, whose bans these are, at this path below the context's. */
    public ConnectionsServlet(HubContext context, Bans bans, PageResponses responses, String path) {
        super(context);
        this.path = path;
        this.responses = responses;
        this.matchers = new MatcherParameters(context.hub().topics(), context.costly(), context.settings());
        this.bans = new BanHandler(context, bans);
        OwnersElsewhere owners = context.hub().connections().owners();
        if (owners != null) {
            owners.wishes(matchers::change);
        }
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = name(request);
        switch (request.getMethod()) {
            case "GET", "HEAD" -> show(name, request, context().access().toOperate(request, false));
            case "PATCH" -> change(name, request);
            case "DELETE" -> close(name, request, response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    /**
     * Open streams, and what their shards say of them.
     *
     * @param total  null when one stream was asked for by name
     * @param charge for the memory of the answer
     */
    private record Listing(List<Connection> streams, Integer total, Map<String, Lag> lags,
                           BytesInFlight.Charge charge) {
    }

    /** The same of all nodes of a cluster; {@code silent} are those that have not answered. */
    private record Everywhere(List<JsonObject> streams, Integer total, List<String> silent,
                              BytesInFlight.Charge charge) {
    }

    /** All topics that a stream asks for now. */
    private record Changed(List<String> topics) {
    }

    /** A stream of another node was ended by its owner. */
    private record Closed() {
    }

    /** A stream of another node that is to end. */
    private record Foreign(Connection stream) {
    }

    private void show(String name, HttpServletRequest request, Grant grant) {
        BytesInFlight.Charge charge = context().charge(request, grant);
        try {
            if (connections().elsewhere() != null) {
                showEverywhere(name, request, charge);
                return;
            }
            Integer total = name.isEmpty() ? connections().open() : null;
            charge.take(ListDocument.PIECE_BYTES + (total == null ? 1 : Math.min(total, LISTED_MAX)) * ENTRY_BYTES);
            List<Connection> streams = total == null ? List.of(find(name)) : connections().oldest(LISTED_MAX);
            charge.take(streams.stream().mapToLong(one -> HeapBytes.list(one.topics().size())).sum()
                + streams.stream().mapToLong(ConnectionsServlet::textBytes).max().orElse(0));
            SuspendedRequest.await(connections().lags(streams.stream().map(Connection::connection).toList())
                .thenApply(lags -> new Listing(streams, total, lags, charge)), request, context().problem(), SHARDS_MS,
                Refused.because(OVERLOADED, "the fan-out did not answer within " + SHARDS_MS + " ms"), charge);
        } catch (RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private void showEverywhere(String name, HttpServletRequest request, BytesInFlight.Charge charge) {
        StreamsElsewhere elsewhere = connections().elsewhere();
        boolean all = name.isEmpty();
        int open = all ? connections().open() : 1;
        charge.take(ListDocument.PIECE_BYTES + Math.min(open, LISTED_MAX) * ENTRY_BYTES);
        List<Connection> here = all ? connections().oldest(LISTED_MAX)
            : connections().find(name).map(List::of).orElse(List.of());
        charge.take(2 * here.stream().mapToLong(ConnectionsServlet::textBytes).sum());
        CompletableFuture<StreamsElsewhere.Found> there = all ? elsewhere.oldest(LISTED_MAX)
            : here.isEmpty() ? elsewhere.find(name) : CompletableFuture.completedFuture(StreamsElsewhere.Found.NOTHING);
        SuspendedRequest.await(connections().lags(here.stream().map(Connection::connection).toList())
            .thenCombine(there, (lags, found) -> {
                charge.take(2 * found.chars());
                List<JsonObject> streams = new ArrayList<>(found.streams());
                here.forEach(one -> streams.add(elsewhere.here(one, lags.get(one.connection()))));
                if (!all && streams.isEmpty()) {
                    throw nobody(found);
                }
                streams.sort(Comparator.comparing(one -> Instant.parse(one.get("opened").getAsString())));
                return new Everywhere(streams.subList(0, Math.min(LISTED_MAX, streams.size())),
                    all ? open + found.total() : null, found.silent(), charge);
            }), request, context().problem(), SHARDS_MS,
            Refused.because(OVERLOADED, "the fan-out did not answer within " + SHARDS_MS + " ms"), charge);
    }

    /** What an entry takes while it is text: its topics in JSON, as characters and as bytes. */
    private static long textBytes(Connection one) {
        return one.topics().stream().mapToLong(topic -> 3L * topic.length()).sum();
    }

    /** The stream goes on with the token of this request, or with the topics of its body. */
    private void change(String name, HttpServletRequest request) throws IOException {
        Grant grant = context().access().toChangeStream(request);
        if (hasBody(request)) {
            awaitBody(request, TOPICS_BYTES_MAX, context().charge(request, grant), body -> new Wish(grant, body));
        } else {
            String secret = request.getHeader(SECRET);
            SuspendedRequest.await((isElsewhere(name) ? connections().owners().renew(name, secret, grant)
                : connections().renew(name, secret, grant)).thenApply(done -> grant), request, context().problem());
        }
    }

    /** Whether another node of a cluster may have the stream of this name. */
    private boolean isElsewhere(String name) {
        OwnersElsewhere owners = connections().owners();
        return owners != null && owners.mayHave(name);
    }

    /** Of HTTP/2 a body may have no length, but then it has a type. */
    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null
            || request.getContentLengthLong() < 0 && RequestHead.contentType(request) != null;
    }

    /** The body of a request to change a stream's topics, and who sent it. */
    private record Wish(Grant grant, byte[] body) {
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        if (outcome.get() instanceof Listing listing) {
            send(document(listing), listing.charge(), request, response);
            return;
        }
        if (outcome.get() instanceof Everywhere all) {
            send(document(all), all.charge(), request, response);
            return;
        }
        if (outcome.get() instanceof Foreign foreign) {
            closeElsewhere(foreign.stream(), request, response);
            return;
        }
        if (outcome.get() instanceof Wish wish) {
            SuspendedRequest.await(change(name(request), wish, request), request, context().problem());
            return;
        }
        if (outcome.get() instanceof Changed changed) {
            JsonObject json = new JsonObject();
            json.addProperty("connection", name(request));
            json.add("topics", ConnectionDocument.texts(changed.topics()));
            Answer.json(200, json.toString()).write(response);
            return;
        }
        if (outcome.get() instanceof Closed) {
            closed(request, response);
            return;
        }
        Grant fresh = (Grant) outcome.get();
        JsonObject json = new JsonObject();
        json.addProperty("connection", name(request));
        json.addProperty("expires", ConnectionDocument.time(fresh.expiresMs()));
        Answer.json(200, json.toString()).write(response);
    }

    /** What is wished for is read here in each case, so that nobody hears of what has a fault. */
    private CompletableFuture<Changed> change(String name, Wish wish, HttpServletRequest request) {
        TopicsWish read = TopicsWish.of(wish.body(), context().settings().get(SettingsTable.MATCHERS_MAX));
        String secret = request.getHeader(SECRET);
        String peer = RequestTrace.of(request).peer();
        UnaryOperator<TopicSelection> change = matchers.change(read.add(), read.remove(), peer);
        return isElsewhere(name)
            ? connections().owners().change(name, secret, wish.grant(), read.add(), read.remove(), peer)
                .thenApply(Changed::new)
            : connections().change(name, secret, wish.grant(), change).thenApply(topics ->
                new Changed(topics.matchers().stream().map(TopicMatcher::text).toList()));
    }

    private void send(Supplier<byte[]> document, BytesInFlight.Charge charge, HttpServletRequest request,
                      HttpServletResponse response) throws IOException {
        response.setContentType(Answer.JSON);
        response.setHeader("Cache-Control", "no-store");
        try {
            responses.send(request.startAsync(), document, charge);
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private void close(String name, HttpServletRequest request, HttpServletResponse response) {
        FormFields query = Query.of(request);
        String secret = request.getHeader(SECRET);
        if (secret != null && !query.has("ban")) {
            Grant grant = context().access().toChangeStream(request);
            if (isElsewhere(name)) {
                SuspendedRequest.await(connections().owners().close(name, secret, grant).thenApply(done ->
                    new Closed()), request, context().problem());
                return;
            }
            if (!connections().closeOwn(name, secret, grant)) {
                throw Refused.because(NOT_FOUND, "no connection has this name and this secret and subject");
            }
        } else {
            context().access().toOperate(request, true);
            StreamsElsewhere elsewhere = connections().elsewhere();
            if (elsewhere != null && connections().find(name).isEmpty()) {
                SuspendedRequest.await(elsewhere.find(name).thenApply(found -> new Foreign(found.streams().stream()
                    .findFirst().map(ConnectionsServlet::connection).orElseThrow(() -> nobody(found)))), request,
                    context().problem());
                return;
            }
            Connection found = find(name);
            if (query.has("ban")) {
                bans.ban(request, found, query);
            }
            connections().close(name);
        }
        closed(request, response);
    }

    private void closed(HttpServletRequest request, HttpServletResponse response) {
        RequestTrace.of(request).audit("stream-closed", "connection", name(request));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    /** No node has it; or one that might has not said so. */
    private static Refused nobody(StreamsElsewhere.Found found) {
        return found.silent().isEmpty() ? Refused.because(NOT_FOUND, NOBODY)
            : Refused.because(OVERLOADED, NOBODY + " here, and these nodes have not answered: " + found.silent());
    }

    /** Another node has it. */
    private void closeElsewhere(Connection stream, HttpServletRequest request, HttpServletResponse response) {
        FormFields query = Query.of(request);
        if (query.has("ban")) {
            bans.ban(request, stream, query);
        }
        connections().elsewhere().close(stream.connection());
        closed(request, response);
    }

    /** As far as a ban asks. */
    private static Connection connection(JsonObject of) {
        return new Connection(of.get("connection").getAsString(), of.get("issuer").getAsString(),
            of.get("subject").getAsString(), of.get("token").isJsonNull() ? null : of.get("token").getAsString(),
            of.get("peer").getAsString(), List.of(), of.get("dialect").getAsString(), 0, Grant.NEVER);
    }

    private static Supplier<byte[]> document(Everywhere all) {
        if (all.total() == null) {
            Iterator<JsonObject> one = all.streams().iterator();
            return () -> one.hasNext() ? one.next().toString().getBytes(StandardCharsets.UTF_8) : null;
        }
        return new ListDocument<>("\"total\":" + all.total() + ",\"silent\":" + ConnectionDocument.texts(all.silent())
            + ",", "connections", all.streams(), JsonObject::toString);
    }

    private static Supplier<byte[]> document(Listing listing) {
        Function<Connection, String> json = one -> ConnectionDocument.of(one, listing.lags().get(one.connection()))
            .toString();
        if (listing.total() == null) {
            Iterator<Connection> one = listing.streams().iterator();
            return () -> one.hasNext() ? json.apply(one.next()).getBytes(StandardCharsets.UTF_8) : null;
        }
        return new ListDocument<>("\"total\":" + listing.total() + ",", "connections", listing.streams(), json);
    }

    private Connection find(String name) {
        return connections().find(name).orElseThrow(() -> Refused.because(NOT_FOUND, NOBODY));
    }

    private Connections connections() {
        return context().hub().connections();
    }

    /** What the path names; empty for all of them. */
    private String name(HttpServletRequest request) {
        String below = request.getRequestURI().substring((request.getContextPath() + path).length());
        return below.startsWith("/") ? below.substring(1) : below;
    }
}
