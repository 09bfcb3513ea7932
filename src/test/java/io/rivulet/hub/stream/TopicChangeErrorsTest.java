package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.feed.Budgets;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An Error at any point at which a stream goes on with other topics. Whoever asked is answered; the stream, or the one
 * with which its session comes back, gets all of the topics that it was told and nothing else; its neighbours miss
 * nothing; and when it has left nothing is counted for it any more.
 */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class TopicChangeErrorsTest {

    private static final String SESSION = "0123456789abcdef0123456789abcdef";
    /** So many that they weigh something. */
    private static final int WORDS = 30;

    /** A client that comes back whenever its stream ends. */
    private static List<String> data(HubClient client) {
        client.drain();
        if (client.isEnded()) {
            client.again();
            client.drain();
        }
        return client.data();
    }

    /** What it was told last. */
    private static Set<String> topics(HubClient client) {
        Set<String> topics = new HashSet<>();
        for (Dispatched event : client.received) {
            if (event.type().equals("rivulet.hello") || event.type().equals("rivulet.topics")) {
                topics.clear();
                JsonParser.parseString(event.data()).getAsJsonObject().getAsJsonArray("topics")
                    .forEach(topic -> topics.add(topic.getAsString()));
            }
        }
        return topics;
    }

    private static String counts(HubScene scene) {
        return scene.caps.total() + " streams of " + scene.caps.kib() + " KiB, " + scene.caps.remembered()
            + " callers, " + scene.hub.interest().remembered() + " patterns, "
            + scene.hub.connections().list().size() + " listed";
    }

    @ParameterizedTest
    @CsvSource({"rivulet-shard-,1", "rivulet-shard-,3", "rivulet-answer,1"})
    void aStreamHasTheTopicsThatItWasToldWhateverItsShardMeets(String name, int burst, @TempDir Path folder)
        throws Exception {
        try (Quiet quiet = new Quiet(); HubScene scene = new HubScene(folder, "log.sync", "never")) {
            TopicMatcher pattern = scene.hub.topics().selector("c/{x}");
            List<HubClient> neighbours = new ArrayList<>();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                HubClient one = scene.client("a").session(SESSION + "neighbour" + i);
                awaitHello(one.connect(), 1);
                change(scene, one, now -> TopicSelection.of(List.of(now.matchers().get(0), pattern)));
                neighbours.add(one);
            }
            String before = counts(scene);
            List<String> published = new ArrayList<>();
            boolean thrown = true;
            for (int n = 1; thrown; n += burst) {
                int lapN = n;
                String when = name + ", n = " + n;
                HubClient client = scene.client("a").session(SESSION + n).as(grant("ann", GrantedTopics.ALL));
                awaitHello(client.connect(), 1);
                List<TopicMatcher> others = new ArrayList<>(List.of(pattern, new TopicMatcher.Exact("b/" + n)));
                for (int i = 0; i < WORDS; i++) {
                    others.add(new TopicMatcher.Exact("w/" + n + "/" + i));
                }
                try (FaultSwitch faults = FaultSwitch.at(n, burst, FaultSwitch.named(name),
                    () -> new OutOfMemoryError("made by the test"))) {
                    change(scene, client, now -> TopicSelection.of(others));
                    thrown = faults.hasThrown();
                }
                for (String topic : List.of("a", "b/" + n, "c/" + n, "a")) {
                    String data = topic + " " + published.size();
                    scene.publish(Event.on(topic).data(data).build());
                    published.add(data);
                }
                List<String> lap = published.subList(published.size() - 4, published.size());
                Await.get(() -> "all of " + topics(client) + " among " + lap + " in " + data(client) + ", " + when,
                    Await.LIMIT, () -> data(client).equals(of(topics(client), lap, lapN)) ? Boolean.TRUE : null);
                client.settle();
                assertEquals(of(topics(client), lap, lapN), data(client), when);
                for (HubClient one : neighbours) {
                    List<String> theirs = published.stream().filter(data -> !data.startsWith("b")).toList();
                    Await.get(() -> theirs + " to come to a neighbour, which has " + data(one) + ", " + when,
                        Await.LIMIT, () -> data(one).equals(theirs) ? Boolean.TRUE : null);
                }
                client.cut();
                Await.get(() -> "nothing to be counted: " + counts(scene) + ", and not " + before + ", " + when,
                    Await.LIMIT, () -> counts(scene).equals(before) && !scene.hub.isHeard("b/" + lapN)
                        && !scene.hub.isHeard("w/" + lapN + "/7") ? Boolean.TRUE : null);
                assertTrue(scene.hub.isHeard("a") && scene.hub.isHeard("c/1"), when);
                Shard shard = (Shard) client.subscriber().owner();
                CompletableFuture<String> held = new CompletableFuture<>();
                shard.post(() -> held.complete(Budgets.held(shard.turn())));
                assertEquals("", held.join(), when);
                assertTrue(n < 5_000, "it ends");
            }
        }
    }

    /** Of these events those of these topics. */
    private static List<String> of(Set<String> topics, List<String> lap, int n) {
        return lap.stream().filter(data -> data.startsWith("a ") && topics.contains("a")
            || data.startsWith("b/") && topics.contains("b/" + n)
            || data.startsWith("c/") && topics.contains("c/{x}")).toList();
    }

    /** Asks for others; an answer comes. */
    private static void change(HubScene scene, HubClient client, UnaryOperator<TopicSelection> wish) throws Exception {
        CompletableFuture<TopicSelection> answer = scene.hub.connections().change(client.connection(),
            client.told("secret"), client.asked().grant(), wish);
        try {
            answer.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof Refused, "an answer is a refusal: " + e.getCause());
        }
    }
}
