package io.rivulet.feed;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.event.Event;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A hub that writes down what it is given, and whose listeners and answers the test decides. */
class FakeHub implements Publisher {

    final List<Event> events = new ArrayList<>();
    final Set<String> heard = new HashSet<>();
    final Map<String, Integer> namers = new HashMap<>();
    final Map<String, Consumer<Event>> watched = new HashMap<>();
    final Map<String, Runnable> cancels = new HashMap<>();
    boolean answers = true;
    boolean takes = true;
    private final List<CompletableFuture<List<String>>> unanswered = new ArrayList<>();

    FakeHub(String... heard) {
        this.heard.addAll(List.of(heard));
    }

    @Override
    public synchronized CompletableFuture<List<String>> publish(List<Event> batch) {
        if (!takes) {
            return CompletableFuture.failedFuture(Refused.because(Refused.Reason.STORE_FULL, "full"));
        }
        events.addAll(batch);
        notifyAll();
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        if (answers) {
            answer.complete(List.of());
        } else {
            unanswered.add(answer);
        }
        return answer;
    }

    @Override
    public boolean isHeard(String topic) {
        return heard.contains(topic);
    }

    @Override
    public int namers(String topic) {
        return namers.getOrDefault(topic, isHeard(topic) ? 1 : 0);
    }

    @Override
    public List<String> heardBelow(String beginning, int most) {
        return heard.stream().filter(topic -> topic.startsWith(beginning)).sorted().limit(most).toList();
    }

    @Override
    public void onPublish(String topic, Consumer<Event> show) {
        watched.put(topic, show);
    }

    @Override
    public Runnable onCancel(String topic, Runnable task) {
        cancels.put(topic, task);
        return () -> cancels.remove(topic);
    }

    void answerAll() {
        unanswered.forEach(answer -> answer.complete(List.of()));
        unanswered.clear();
    }

    /** The data published so far, and forgotten with this call. */
    synchronized List<String> taken() {
        List<String> data = events.stream().map(Event::text).toList();
        events.clear();
        return data;
    }

    List<JsonObject> takenJson() {
        return taken().stream().map(text -> JsonParser.parseString(text).getAsJsonObject()).toList();
    }

    /** Waits until so many events are there. */
    synchronized void await(int count) throws InterruptedException {
        long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (events.size() < count) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError(events.size() + " events, not " + count);
            }
            wait(leftMs);
        }
    }
}
