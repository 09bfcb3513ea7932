package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.OwnProcess;
import io.rivulet.kit.Publisher;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub in a process of its own is told to end (SIGTERM) and started again, as often as {@code -Drestarts=100} says,
 * while one publishes without a pause and many clients of one kind listen, each through a {@link Recorder}. Each event
 * that was acknowledged must be shown once, in order. A client that shows something else leaves in
 * {@code target/restarts} what it was sent and what it showed, which tells whose fault it is.
 */
@EnabledIfSystemProperty(named = "restarts", matches = "[1-9]\\d*")
@ExtendWith(SharedSubjects.class)
class RestartsUnderLoadIT {

    private static final int ROUNDS = Integer.getInteger("restarts", 0);
    private static final int CLIENTS = Integer.getInteger("restarts.clients", 42);
    private static final String CLIENT = System.getProperty("restarts.client", "go-sse");
    private static final String CONTAINER = System.getProperty("containers", "").equals("JETTY") ? "JETTY" : "TOMCAT";
    private static final int PUBLISHED_BEFORE = 20;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path folder;
    private final Path records = Path.of("target/restarts");
    private final List<String> faults = new ArrayList<>();
    private OwnProcess server;

    /** One listener with its record. */
    private record Listener(Recorder recorder, Session session) {
    }

    /** Publishes numbers until it is told to stop; for each it knows whether it was acknowledged. */
    private final class Numbers implements Runnable {
        private final String topic;
        private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean over;

        private Numbers(String topic) {
            this.topic = topic;
        }

        @Override
        public void run() {
            int number = 0;
            while (!over) {
                try (Publisher publisher = Publisher.to(server.port())) {
                    while (!over) {
                        publish(publisher, topic, Integer.toString(number + 1));
                        acknowledged.add(++number);
                        Await.pass(Duration.ofMillis(5));
                    }
                } catch (AssertionError e) {
                    Await.pass(Duration.ofMillis(20)); // refused: it is not there
                } catch (IOException | RuntimeException e) {
                    number++; // without an answer: it may be there or not, and is not sent again
                    Await.pass(Duration.ofMillis(20));
                }
            }
        }
    }

    private static void publish(Publisher publisher, String topic, String data) throws IOException {
        Publisher.accepted(publisher.post("?topic=" + Publisher.encode(topic),
            Map.of("Authorization", "Bearer " + Token.all(), "Content-Type", "text/plain"),
            data.getBytes(StandardCharsets.UTF_8)));
    }

    private OwnProcess start(int port) throws IOException {
        String resource = Token.ISSUER + InteropHub.PATH;
        return OwnProcess.start(folder.resolve("server.log"), "container=" + CONTAINER, "port=" + port,
            "data=" + folder.resolve("data"), "acceptQueue=512", "rivulet.dev=false", "rivulet.resource=" + resource,
            "rivulet.token.issuer=" + Token.ISSUER, "rivulet.token.key=" + Token.SECRET, "rivulet.mercure.legacy=true",
            "rivulet.heartbeat=15s");
    }

    @Test
    void eachAcknowledgedEventIsShownOnceInOrderByAllClientsOverEachRestart(Subjects subjects) throws Exception {
        Subject subject = subjects.all().stream().filter(s -> s.name().startsWith(CLIENT)).findFirst().orElseThrow();
        server = start(0);
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                round(round, subject);
                Files.writeString(Files.createDirectories(records).resolve("progress.txt"), "round " + round + " of "
                    + ROUNDS + ", " + CLIENTS + " of " + subject + ", faults: " + faults.size() + "\n");
            }
        } finally {
            server.close();
        }
        assertEquals(List.of(), faults);
    }

    private void round(int round, Subject subject) throws Exception {
        String topic = "https://example.com/restarts/" + round;
        List<Listener> listeners = new ArrayList<>();
        Numbers numbers = new Numbers(topic);
        Thread publisher = new Thread(numbers, "test-numbers");
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Speech speech = i % 2 == 0 ? Speech.V1 : Speech.V0;
                Recorder recorder = new Recorder(server.port());
                listeners.add(new Listener(recorder, new Session(subject)));
                String url = "http://localhost:" + recorder.port() + InteropHub.PATH + "?" + speech.selector + "="
                    + InteropHub.encode(topic);
                listeners.get(i).session().start(new Wish(speech, url, "", "", List.of(), () -> true));
            }
            listeners.forEach(listener -> listener.session().awaitOpen(1));
            publisher.start();
            Await.until("events before", LIMIT, () -> numbers.acknowledged.size() >= PUBLISHED_BEFORE);
            server.terminate();
            int before = numbers.acknowledged.size();
            server = start(server.port());
            Await.until("events behind", LIMIT, () -> numbers.acknowledged.size() >= before + PUBLISHED_BEFORE);
            numbers.over = true;
            publisher.join();
            try (Publisher last = Publisher.to(server.port())) {
                publish(last, topic, "end");
            }
            for (int i = 0; i < CLIENTS; i++) {
                check(round, i, listeners.get(i), numbers.acknowledged);
            }
        } finally {
            numbers.over = true;
            for (Listener listener : listeners) {
                listener.session().close();
                listener.recorder().close();
            }
        }
    }

    private void check(int round, int number, Listener listener, List<Integer> acknowledged) throws IOException {
        String fault = null;
        try {
            listener.session().awaitData("end");
        } catch (AssertionError e) {
            fault = "no end: " + e.getMessage();
        }
        // what had no answer may be there or not, and also behind what was sent after it
        List<Integer> shown = listener.session().events().stream().map(Said::data)
            .filter(data -> !data.isEmpty() && !data.equals("end")).map(Integer::valueOf).toList();
        if (shown.stream().distinct().count() < shown.size()
            || !acknowledged.stream().filter(shown::contains).toList().equals(
                shown.stream().filter(acknowledged::contains).toList())) {
            fault = "twice, or out of order: " + shown;
        }
        List<Integer> lost = acknowledged.stream().filter(n -> !shown.contains(n)).toList();
        if (!lost.isEmpty()) {
            fault = "lost " + lost;
        }
        if (fault != null) {
            faults.add("round " + round + ", client " + number + ": " + fault);
            Files.writeString(Files.createDirectories(records).resolve("round-" + round + "-client-" + number + ".txt"),
                fault + "\nacknowledged " + acknowledged + "\nshown " + listener.session().events() + "\nerrors "
                    + listener.session().of("error") + "\nsent:\n" + listener.recorder().told());
        }
    }
}
