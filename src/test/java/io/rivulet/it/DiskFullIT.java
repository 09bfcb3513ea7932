package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space: a small tmpfs, which only root may mount; elsewhere the log's tests of faults stand alone. */
@Tag("once")
@OnEveryContainer
class DiskFullIT {

    private static final int DISK_MIB = 24;

    private final Container container;
    @TempDir
    private Path folder;

    DiskFullIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", folder.toString()),
            "a small disk can only be mounted by root");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", folder.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void publishingSaysSoWhileStreamsLiveOnAndGoesOnWhenThereIsSpace() throws Exception {
        try (Server server = Server.in(container).data(folder.resolve("data")).start();
             Publisher publisher = Publisher.to(server);
             EventStream stream = EventStream.to(server).topic("clock").topic("news").open();
             EventStream silent = EventStream.to(server).topic("quiet").query("heartbeat", "1").open()) {
            silent.awaitHello();
            List<String> accepted = new ArrayList<>();
            accepted.add(publisher.publish("news", "while there is space"));
            Path ballast = folder.resolve("ballast");
            fill(ballast);
            WireResponse full = publishUntilRefused(publisher, accepted);
            assertEquals(507, full.status(), full.text());
            JsonObject problem = full.json();
            assertEquals("The disk is full", problem.get("title").getAsString());
            tellsNoPath(full.text());
            tellsNoPath(Health.of(server).json().toString());
            assertTrue(full.header("Retry-After") != null);

            for (int i = 0; i < 2; i++) {
                silent.awaitComment();
                ticks(stream);
            }
            assertEquals(507, publisher.form("topic", "news", "data", "still full " + "x".repeat(9_000)).status());
            try (EventStream late = EventStream.to(server).topic("news").since("last").open()) {
                assertEquals(accepted.get(accepted.size() - 1), late.awaitEvent().id());
            }

            Files.delete(ballast);
            Await.until("publishing works again", () -> heals(publisher, accepted));
            assertEquals(1, stream.connections());
            String last = accepted.get(accepted.size() - 1);
            Await.until("the last one", () -> news(stream).contains(last));
            assertEquals(accepted, news(stream), "what was accepted, and nothing that was refused");
            try (EventStream replay = EventStream.to(server).topic("news").since("earliest").open()) {
                Await.until("all of it", () -> replay.events().size() >= accepted.size());
                assertEquals(accepted, replay.events().stream().map(Dispatched::id).toList());
            }
        }
    }

    @Test
    void aRestartOnAFullDiskServesHistoryAndStreamsAndPublishesWhenThereIsSpace() throws Exception {
        Path ballast = folder.resolve("ballast");
        try (Server server = Server.in(container).data(folder.resolve("data")).start();
             Publisher publisher = Publisher.to(server)) {
            List<String> accepted = new ArrayList<>();
            accepted.add(publisher.publish("news", "while there is space"));
            fill(ballast);
            assertEquals(507, publishUntilRefused(publisher, accepted).status());
            server.stop();
            fill(folder.resolve("more")); // what the refused event had
            server.start().awaitOpen();
            publisher.hangUp();

            JsonObject ready = Health.of(server).json();
            tellsNoPath(ready.toString());
            assertEquals("false", ready.get("publish").toString());
            assertTrue(ready.get("publishReason").getAsString().contains("to read only"), ready.toString());
            try (EventStream stream = EventStream.to(server).topic("news").topic("clock").since("earliest").open()) {
                Await.until("all of history", () -> news(stream).equals(accepted));
                for (String topic : List.of("news", "clock")) { // transient ones need the new epoch as well
                    WireResponse full = publisher.form("topic", topic, "data", "no space");
                    assertEquals(507, full.status(), full.text());
                    assertTrue(full.text().contains("new epoch could not be written"), full.text());
                    tellsNoPath(full.text());
                }
                Files.delete(ballast);
                Files.delete(folder.resolve("more"));
                Await.until("publishing works again", () -> heals(publisher, accepted));
                Await.until("health tells it", () -> Health.of(server).json().get("publish").getAsBoolean());
                String last = accepted.get(accepted.size() - 1);
                Await.until("the last one", () -> news(stream).contains(last));
                ticks(stream);
                assertEquals(1, stream.connections());
                assertEquals(accepted, news(stream));
            }
        }
    }

    /** The one that asks may be the one that makes room: a full disk must not keep it from asking. */
    @Test
    void aNewerInstanceGetsTheFolderOnAFullDisk() throws Exception {
        Path ballast = folder.resolve("ballast");
        List<String> accepted = new ArrayList<>();
        try (Server older = Server.in(container).data(folder.resolve("data")).start().awaitOpen()) {
            try (Publisher publisher = Publisher.to(older)) {
                accepted.add(publisher.publish("news", "while there is space"));
                fill(ballast);
                assertEquals(507, publishUntilRefused(publisher, accepted).status());
                fill(folder.resolve("more"));
            }
            try (Server newer = Server.in(container).data(folder.resolve("data")).set("handover", "true").start();
                 Server newest = Server.in(container).data(folder.resolve("data")).set("handover", "true").build()) {
                newer.awaitOpen();
                newest.start().awaitOpen(); // the note of who holds it could not be written either
                try (EventStream stream = EventStream.to(newest).topic("news").since("earliest").open();
                     Publisher publisher = Publisher.to(newest)) {
                    Await.until("all of history", () -> news(stream).equals(accepted));
                    assertEquals(507, publisher.form("topic", "news", "data", "no space").status());
                    Files.delete(ballast);
                    Files.delete(folder.resolve("more"));
                    Await.until("publishing works again", () -> heals(publisher, accepted));
                    Await.until("all", () -> news(stream).equals(accepted));
                }
            }
        }
    }

    /** Health is open to everybody, and publishing may be: where the folder lies is for the log of the hub. */
    private void tellsNoPath(String text) {
        assertFalse(text.contains(folder.getFileName().toString()), text);
        assertFalse(text.contains(folder.getParent().toString()), text);
    }

    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertTrue(Files.exists(ballast), "that is what was wanted: " + e);
        }
    }

    private static WireResponse publishUntilRefused(Publisher publisher, List<String> accepted) throws IOException {
        for (int i = 0; i < 3_000; i++) {
            WireResponse answer = publisher.form("topic", "news", "data", i + " " + "x".repeat(9_000));
            if (answer.status() != 200) {
                return answer;
            }
            accepted.add(answer.text().trim());
        }
        throw new AssertionError("the disk of " + DISK_MIB + " MiB is never full");
    }

    private static boolean heals(Publisher publisher, List<String> accepted) {
        try {
            WireResponse answer = publisher.form("topic", "news", "data", "space again");
            if (answer.status() == 200) {
                accepted.add(answer.text().trim());
                return true;
            }
            assertTrue(answer.status() == 507 || answer.status() == 503, answer.text());
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void ticks(EventStream stream) {
        long now = stream.events().stream().filter(e -> e.data().contains("\"time\"")).count();
        Await.until("the clock ticks on",
            () -> stream.events().stream().filter(e -> e.data().contains("\"time\"")).count() > now);
    }

    private static List<String> news(EventStream stream) {
        return stream.events().stream().filter(e -> !e.data().contains("\"time\"")).map(Dispatched::id).toList();
    }
}
