package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose copy is damaged makes another one, of all that the engine has, and no client hears of a gap. */
class DamagedCopyTest {

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));
    private static final int EVENTS = 500;
    private static final int EACH = 20;
    /** A segment is of a sixteenth. */
    private static final Settings SMALL = Settings.with("log.retain.events", "1600");

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final TestClock clock = new TestClock();

    /** What may happen to the bytes of a file. */
    private enum Damage {
        FIRST {
            @Override
            void to(Path file, byte[] b) throws IOException {
                write(file, b, 0);
            }
        },
        EARLY {
            @Override
            void to(Path file, byte[] b) throws IOException {
                write(file, b, Math.min(100, b.length - 1));
            }
        },
        MIDDLE {
            @Override
            void to(Path file, byte[] b) throws IOException {
                write(file, b, b.length / 2);
            }
        },
        LAST {
            @Override
            void to(Path file, byte[] b) throws IOException {
                write(file, b, b.length - 1);
            }
        },
        HALF {
            @Override
            void to(Path file, byte[] b) throws IOException {
                Files.write(file, Arrays.copyOf(b, b.length / 2));
            }
        },
        EMPTY {
            @Override
            void to(Path file, byte[] b) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        OTHER {
            @Override
            void to(Path file, byte[] b) throws IOException {
                new Random(1).nextBytes(b);
                Files.write(file, b);
            }
        },
        LONGER {
            @Override
            void to(Path file, byte[] b) throws IOException {
                Files.write(file, Arrays.copyOf(b, b.length + 1_000));
            }
        },
        GONE {
            @Override
            void to(Path file, byte[] b) throws IOException {
                Files.delete(file);
            }
        };

        abstract void to(Path file, byte[] b) throws IOException;

        private static void write(Path file, byte[] b, int at) throws IOException {
            if (at >= 0 && at < b.length) {
                b[at] ^= 1;
            }
            Files.write(file, b);
        }
    }

    private static List<Path> files(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Path oldest(Path of) throws IOException {
        return files(of).stream().filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }

    private static long count(Path of, String ending) {
        try {
            return files(of).stream().filter(file -> file.toString().endsWith(ending)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All sealed segments have their side file: an opening trusts these. */
    private static void awaitSealed(Path copy) {
        Await.until("all are sealed", () -> count(copy, ".log") >= 4 && count(copy, ".idx") == count(copy, ".log") - 1);
    }

    private Cluster cluster() {
        return Cluster.at(SMALL, clock, clock::nanos, (events, key) -> {
            throw new IllegalStateException("there is no hub");
        });
    }

    /** All events that a node has in this folder, which may have to make its copy anew once. */
    private List<String> all(Path copy, String what) throws IOException {
        Cluster cluster = cluster();
        for (int opening = 1; ; opening++) {
            try (SharedLog log = cluster.open(copy, new MemoryEngine(store))) {
                try {
                    return read(log, what);
                } catch (LogAway e) {
                    assertTrue(log.isOver(), e.getMessage());
                    assertEquals(1, opening, "what is new is whole");
                }
            }
        }
    }

    private static List<String> read(SharedLog log, String what) throws IOException {
        List<String> all = new ArrayList<>();
        long head = log.range().head();
        for (long at = 0; at < head; ) {
            var chunk = log.read(at, head, ALL, 1 << 20);
            chunk.entries().forEach(entry -> all.add(entry.event().text()));
            at = chunk.examinedTo();
        }
        assertEquals(head - log.range().first() + 1, log.find().count(ALL), what);
        return all;
    }

    @Test
    void whateverIsDamagedInWhicheverFileANodeHasAllEventsAfterwards() throws IOException {
        Path whole = folder.resolve("whole");
        try (SharedLog log = cluster().open(whole, new MemoryEngine(store))) {
            for (int i = 0; i < EVENTS; i += EACH) {
                int from = i;
                log.append(IntStream.range(from, from + EACH).mapToObj(n ->
                    new LogRecord(Event.on("topic " + n % 7).data("" + n).build(), null)).toList());
            }
            awaitSealed(whole);
        }
        List<String> events = IntStream.range(0, EVENTS).mapToObj(n -> "" + n).toList();
        assertEquals(events, all(whole, "nothing"));
        for (Path file : files(whole)) {
            for (Damage damage : Damage.values()) {
                String what = damage + " of " + file.getFileName();
                Path copy = Files.createDirectories(folder.resolve(what));
                for (Path each : files(whole)) {
                    Files.copy(each, copy.resolve(each.getFileName()));
                }
                damage.to(copy.resolve(file.getFileName()), Files.readAllBytes(file));
                boolean isTrimmed = damage == Damage.GONE && file.equals(oldest(whole)); // so retention leaves it, too
                assertEquals(isTrimmed ? events.subList(EVENTS / 5, EVENTS) : events, all(copy, what), what);
            }
        }
    }

    private HubNode node() {
        return new HubNode(folder.resolve("node"), () -> new MemoryEngine(store), log -> log, InstantSource.system(),
            SMALL);
    }

    @Test
    void aStreamThatMeetsDamageComesBackAndHasEachEventOnce() throws Exception {
        Path copy = folder.resolve("node").resolve("mirror");
        String first;
        try (HubNode node = node()) {
            first = node.publish("news", "first");
            for (int i = 0; i < EVENTS; i += EACH) {
                int from = i;
                node.answer(new Publication(IntStream.range(from, from + EACH).mapToObj(n ->
                    Event.on("news").data("" + n).build()).toList(), Grant.INTERNAL, null));
            }
            awaitSealed(copy);
        }
        Damage.MIDDLE.to(oldest(copy), Files.readAllBytes(oldest(copy)));
        try (HubNode node = node()) {
            assertEquals(1, node.openings, "an opening does not read all of it");
            HubClient client = node.client("news").connectAfter(first);
            Await.until("the copy is made anew", () -> {
                client.drain();
                return node.openings == 2 && node.hub.publishTrouble() == null;
            });
            HubScene.awaitEnd(client).again();
            HubScene.awaitEvents(client, EVENTS);
            assertEquals(IntStream.range(0, EVENTS).mapToObj(n -> "" + n).toList(), HubNode.data(client));
            assertFalse(client.wire().contains("rivulet.gap"), "nothing is lost: the engine has it");
            assertEquals("exact", client.told("resumed"));
            node.publish("news", "and on");
            HubScene.awaitEvents(client, EVENTS + 1);
        }
    }
}
