package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Ban;
import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.ListenersElsewhere.Counted;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Something is thrown at each point of a thread of two nodes: what was acknowledged is in the log of both, once and in
 * one order; each client gets all of it; and what nodes tell each other arrives in the end.
 */
@ExtendWith(FaultPoints.class)
class NodesErrorsTest {

    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 40);
    private static final List<Supplier<Throwable>> FAULTS = List.of(() -> new OutOfMemoryError("made by the test"),
        () -> new StackOverflowError("made by the test"), () -> new AssertionError("made by the test"));
    /** Each fault is logged. Kept: it is weak. */
    private static final Logger QUIET = Logger.getLogger("io.rivulet");

    private static final long HOUR_MS = 3_600_000;

    private final List<HubNode> nodes = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private int serial;
    private int numbered;

    /** A client that comes back whenever its stream ends. */
    private static final class Listener {
        private final HubClient client;

        Listener(HubNode at) {
            client = at.client("*").connect();
        }

        String newest() {
            List<String> all = durable();
            return all.isEmpty() ? "nothing" : all.get(all.size() - 1);
        }

        List<String> durable() {
            client.drain();
            if (client.isEnded()) {
                client.again();
                client.drain();
            }
            return HubNode.data(client).stream().filter(data -> !data.contains("fast")).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rivulet-mirror", "rivulet-notes", "rivulet-commit", "rivulet-alarm"})
    void whateverAThreadOfANodeMeetsAllNodesKeepThePromises(String name, @TempDir Path folder) throws Exception {
        QUIET.setLevel(Level.OFF);
        MemoryEngine.Store store = new MemoryEngine.Store();
        try {
            for (String node : List.of("one", "two")) {
                nodes.add(new HubNode(folder.resolve(node), () -> new MemoryEngine(store), log -> log));
            }
            nodes.forEach(node -> listeners.add(new Listener(node)));
            Predicate<Thread> threads = FaultSwitch.named(name);
            Random steps = new Random(Long.getLong("chaos.seed", 1));
            int n = 1;
            int thrown = 0;
            for (int round = 0; round < ROUNDS; round++) {
                FaultSwitch faults = FaultSwitch.at(n, 1 + round % 3, threads, FAULTS.get(round % FAULTS.size()));
                try (faults) {
                    round(round, faults);
                } catch (Exception | AssertionError e) {
                    AssertionError told = new AssertionError("round " + round + ", " + name + " at point " + n + " of "
                        + faults.passed(), e);
                    if (faults.hasThrown()) {
                        told.addSuppressed(faults.thrown());
                    }
                    throw told;
                }
                n = faults.hasThrown() ? n + 1 + steps.nextInt(60) : 1 + steps.nextInt(5);
                thrown += faults.hasThrown() ? 1 : 0;
            }
            compare();
            assertTrue(thrown > 10, thrown + " were thrown");
        } finally {
            nodes.forEach(HubNode::close);
            QUIET.setLevel(null);
        }
    }

    private void round(int round, FaultSwitch faults) throws Exception {
        HubNode at = nodes.get(round % 2);
        HubNode other = nodes.get((round + 1) % 2);
        String first = serial++ + " news";
        at.publishOnce("news", first);
        other.publishOnce("typing/x", serial++ + " fast");
        numbered(round % 3 == 0 ? at : other);
        at.bans.ban(Ban.Kind.SUBJECT, "issuer", "subject " + round, at.nowMs() + HOUR_MS);
        ask(at, faults);
        last(other);
    }

    /** Nobody waits for ever: where the other node cannot answer, the time is over. */
    private static Counted ask(HubNode at, FaultSwitch faults) {
        CompletableFuture<Counted> asked = at.hub.connections().listeners().count(List.of("news"));
        Await.until("it is told who listens", () -> {
            if (!asked.isDone() && faults != null && faults.hasThrown()) {
                at.timeUp.run();
            }
            return asked.isDone();
        });
        return asked.join();
    }

    private void last(HubNode at) {
        String last = serial++ + " last";
        at.publishOnce("news", last);
        for (Listener listener : listeners) {
            Await.get(() -> last + " to be heard at " + listeners.indexOf(listener) + " after " + listener.newest()
                + ", " + nodes.stream().map(HubNode::newest).toList(), Await.LIMIT,
                () -> listener.durable().contains(last) ? last : null);
        }
    }

    /** The next event of a producer, which is tried until it is known to be published. */
    private void numbered(HubNode at) {
        Publication next = new Publication(List.of(Event.on("numbers").data(serial++ + " numbered").build()),
            Grant.INTERNAL, null, new ProducerSeq("p", 1, ++numbered, false));
        Await.until("a number is taken", () -> {
            try {
                return at.answer(next) != null;
            } catch (ExecutionException | Refused e) {
                return false;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void compare() throws Exception {
        last(nodes.get(0));
        List<String> truth = nodes.get(0).data();
        assertEquals(truth, nodes.get(1).data());
        List<String> twice = new ArrayList<>(truth);
        new HashSet<>(truth).forEach(twice::remove);
        assertEquals(List.of(), twice, "nothing is there twice");
        assertEquals(numbered, truth.stream().filter(data -> data.endsWith("numbered")).count());
        for (Listener listener : listeners) {
            assertEquals(truth, listener.durable());
        }
        for (HubNode node : nodes) {
            assertEquals(new Counted(Map.of("news", 1), List.of()), ask(node, null));
        }
        Await.until("both know of all bans", () -> nodes.get(0).bans.list().size() == ROUNDS
            && nodes.get(0).bans.list().equals(nodes.get(1).bans.list()));
    }
}
