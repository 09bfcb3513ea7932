package io.rivulet.cluster;

import io.rivulet.kit.Await;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Publishes "its number, a count" on and on, each event under a key of its own until it is told that it was taken: at
 * its own node, and while that does not take it at the next one. A thread of its own publishes.
 */
final class SteadyPublisher {

    private static final Duration AGAIN = Duration.ofMillis(50);
    private static final int TRIES_MAX = 1_000;

    private final int number;
    private final int[] nodes;
    private final String topic;
    private final Duration pause;
    private final Thread thread = new Thread(this::run, "test-publisher");
    private volatile int published;
    private volatile boolean ends;
    private volatile String fault;

    /** Begins to publish at the nodes at these ports. */
    SteadyPublisher(int number, String topic, Duration pause, int... nodes) {
        this.number = number;
        this.topic = topic;
        this.pause = pause;
        this.nodes = nodes;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!ends && fault == null) {
            publish(published + 1);
            Await.pass(pause);
        }
    }

    private void publish(int count) {
        Map<String, String> headers = Map.of("Content-Type", "text/plain", "Idempotency-Key", number + "-" + count);
        byte[] data = (number + " " + count).getBytes(StandardCharsets.US_ASCII);
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            try (Publisher publisher = Publisher.to(nodes[(number + tries) % nodes.length])) {
                WireResponse answer = publisher.post("?topic=" + topic, headers, data);
                if (answer.status() == 200) {
                    published = count;
                    return;
                }
                if (answer.status() < 500) {
                    fault = number + " " + count + " was answered " + answer.status() + ": " + answer.text();
                    return;
                }
            } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
                // that node is not there, or was killed: nobody knows whether it was taken
            }
            Await.pass(AGAIN);
        }
        fault = number + " " + count + " was taken by no node";
    }

    /** So many were taken. */
    int published() {
        return published;
    }

    /** What was wrong; null for nothing. */
    String fault() {
        return fault;
    }

    void end() {
        ends = true;
    }

    boolean isOver() {
        return !thread.isAlive();
    }
}
