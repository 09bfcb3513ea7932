package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Pace;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.Lag;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogEntry;
import io.rivulet.topic.TopicSelection;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The order of the hub's own events in a stream, whenever and for however long the socket is full: the hello is the
 * first event, a gap stands before the events that follow it, the farewell is last, and ids ascend. Each test has one
 * stream for each pace and each way in which a socket can be full for a while, all of them in one hub.
 */
class SayingOrderTest {

    /** The first question of those that are answered with "not ready", and how many these are. */
    private static final int FIRST_MAX = 6;
    private static final int TIMES_MAX = 8;
    private static final String[] MANY_STREAMS = {"connections.address.max", "0", "connections.subject.max", "0",
        "log.sync", "never", "stall.timeout", "0s"};

    @TempDir
    Path folder;
    private final List<Socket> sockets = new ArrayList<>();

    /** A response that is full at some questions, and remembers what was written to it. */
    private static final class Socket implements Outlet {
        private final String about;
        private final int first;
        private final int times;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Subscription subscription;
        private int questions;
        private int questionsBefore;
        private boolean full;
        private boolean owed;
        private boolean ended;
        private boolean atEnd;
        private String last = "";

        Socket(String about, int first, int times) {
            this.about = about + ", not ready at " + times + " questions from number " + first;
            this.first = first;
            this.times = times;
        }

        @Override
        public synchronized boolean isReady() {
            int n = questions++;
            boolean ready = !ended && !full && (n < first || n >= first + times);
            owed |= !ready;
            return ready;
        }

        @Override
        public synchronized void write(SharedBytes events) {
            assertTrue(!ended, about + ": a write after the end");
            bytes.writeBytes(events.bytes());
            last = new String(events.bytes(), StandardCharsets.US_ASCII);
            atEnd |= last.contains("data: end\n");
        }

        @Override
        public synchronized void end() {
            ended = true;
        }

        /** From now on it takes nothing; or it begins to count its questions. */
        synchronized void setFull(boolean isFull) {
            full = isFull;
            questions = 0;
        }

        /** Does what a container does, once the hub has stopped asking: it tells that the socket takes something. */
        void tellIfOwed() {
            synchronized (this) {
                boolean quiet = questions == questionsBefore;
                questionsBefore = questions;
                if (!owed || full || !quiet) {
                    return;
                }
                owed = false;
            }
            subscription.writable();
        }

        List<Dispatched> events() {
            List<Dispatched> events = new ArrayList<>();
            byte[] all = all();
            new StreamParser("", events::add, comment -> { }).take(all, 0, all.length);
            return events;
        }

        synchronized byte[] all() {
            return bytes.toByteArray();
        }

        synchronized boolean hasEnded() {
            return ended;
        }

        synchronized boolean isAtEnd() {
            return atEnd;
        }

        long count(String type) {
            return events().stream().filter(e -> e.type().equals(type)).count();
        }
    }

    private static String[] settings(String... more) {
        List<String> all = new ArrayList<>(List.of(MANY_STREAMS));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Opens the streams and waits until the hub knows their places; no socket has told that it is ready by then. */
    private void open(HubScene scene, String cursor, Since since, String... topics) {
        for (Pace pace : List.of(Pace.EVERYTHING, new Pace(true, 0, 0))) {
            for (int first = 0; first <= FIRST_MAX; first++) {
                for (int times = 0; times <= TIMES_MAX; times++) {
                    Socket socket = new Socket((pace.conflates() ? "conflating" : "plain") + " after " + cursor + " or "
                        + since.kind(), first, times);
                    socket.subscription = scene.hub.subscribe(new SubscribeRequest(
                        TopicSelection.ofTopics(List.of(topics)), Grant.ANONYMOUS, cursor, since,
                        Duration.ofMinutes(5), false, HubScene.PLAIN, "192.0.2.1").at(pace), socket);
                    sockets.add(socket);
                }
            }
        }
        List<String> names = sockets.stream().map(s -> s.subscription.connection()).toList();
        Await.until("all to have their places", () -> {
            Map<String, Lag> lags = scene.hub.connections().lags(names).join();
            return lags.size() == names.size() && lags.values().stream().noneMatch(l -> l.state().equals("opening"));
        });
    }

    private void awaitAll(String what, Predicate<Socket> condition) {
        List<Socket> missing = new ArrayList<>(sockets);
        Await.get(() -> what + "; " + missing.size() + " have not, such as " + missing.get(0).about + ": "
            + missing.get(0).events(), Await.LIMIT, () -> {
                missing.forEach(Socket::tellIfOwed);
                missing.removeIf(condition);
                return missing.isEmpty() ? Boolean.TRUE : null;
            });
    }

    private void setFull(boolean full) {
        sockets.forEach(s -> s.setFull(full));
    }

    /** The hello is first and stands once, and no id comes after a later one; no event's id after the same. */
    private void verify(HubScene scene) {
        for (Socket socket : sockets) {
            List<Dispatched> events = socket.events();
            assertEquals("rivulet.hello", events.get(0).type(), socket.about + ": " + events);
            assertEquals(1, socket.count("rivulet.hello"), socket.about);
            Position before = place(scene, events.get(0));
            for (Dispatched event : events.subList(1, events.size())) {
                Position place = place(scene, event);
                boolean inOrder = event.type().startsWith("rivulet.") ? !before.isAfter(place) : place.isAfter(before);
                assertTrue(inOrder, socket.about + ": " + place + " after " + before + " in " + events);
                before = place;
            }
        }
    }

    private static Position place(HubScene scene, Dispatched event) {
        assertTrue(event.id().startsWith(IdSeal.PREFIX), "the id of " + event);
        return scene.log.seal().open(event.id()).position();
    }

    @Test
    void theHelloIsTheFirstEventOfAFreshStream() throws Exception {
        try (HubScene scene = new HubScene(folder, settings("transient.topics", "clock"))) {
            for (int i = 0; i < 5; i++) {
                scene.publish("news", "old " + i);
                scene.publish("clock", "tick " + i);
            }
            open(scene, null, Since.LATEST, "news", "clock");
            open(scene, null, Since.EARLIEST, "news", "clock");
            open(scene, null, Since.LAST, "news", "clock");
            scene.publish("news", "now");
            scene.publish("clock", "now");
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            verify(scene);
        }
    }

    @Test
    void theHelloIsTheFirstEventOfAResumedStream() throws Exception {
        try (HubScene scene = new HubScene(folder, settings("ring.bytes", "4096"))) {
            String first = scene.publish("news", "first");
            for (int i = 0; i < 50; i++) {
                scene.publish("news", i + "x".repeat(200));
            }
            String late = scene.publish("news", "late");
            scene.publish("news", "missed");
            open(scene, first, Since.LATEST, "news"); // from the log
            open(scene, late, Since.LATEST, "news"); // from the ring
            open(scene, "an id of another hub", Since.LATEST, "news");
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            verify(scene);
        }
    }

    @Test
    void aGapForDamageStandsBeforeWhatFollowsIt() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, settings("ring.bytes", "4096"))) {
            String first = scene.publish("news", "first");
            for (int i = 0; i < 50; i++) {
                scene.publish("news", i + "x".repeat(200));
            }
            disk.get().damaged = true;
            open(scene, first, Since.LATEST, "news");
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            sockets.forEach(s -> assertTrue(s.count("rivulet.gap") > 0, s.about));
            verify(scene);
        }
    }

    @Test
    void aGapOfRetentionStandsBeforeWhatFollowsIt() throws Exception {
        try (HubScene scene = new HubScene(folder, settings("log.retain.bytes", "1m", "ring.bytes", "65536",
            "backlog.events", "4", "conflate.topics.max", "1"))) {
            open(scene, null, Since.LATEST, "news", "a", "b");
            awaitAll("hello", s -> s.count("rivulet.hello") == 1);
            setFull(true);
            scene.publish("a", "fills a window of one topic");
            scene.publish("b", "the last of its topic");
            for (int i = 0; scene.log.range().first() < 30 && i < 5_000; i++) {
                scene.publish("noisy", "x".repeat(20_000));
                scene.publish("news", "some of these are lost");
            }
            setFull(false);
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            sockets.forEach(s -> assertTrue(s.count("rivulet.gap") > 0, s.about));
            verify(scene);
        }
    }

    @Test
    void aGapOfTransientEventsStandsBeforeWhatFollowsIt() throws Exception {
        try (HubScene scene = new HubScene(folder, settings("transient.topics", "t/*", "ring.bytes", "4096",
            "backlog.events", "4", "conflate.topics.max", "1"))) {
            open(scene, null, Since.LATEST, "*");
            awaitAll("hello", s -> s.count("rivulet.hello") == 1);
            setFull(true);
            List<Event> batch = new ArrayList<>();
            for (int i = 0; i < 12_000; i++) { // more topics than are remembered
                batch.add(Event.on("t/" + i).data("lost").build());
                if (batch.size() == 500) {
                    scene.hub.publish(new Publication(List.copyOf(batch), Grant.INTERNAL, null)).join();
                    batch.clear();
                }
            }
            setFull(false);
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            sockets.forEach(s -> assertTrue(s.count("rivulet.gap") > 0, s.about));
            verify(scene);
        }
    }

    @Test
    void aFreshCursorStandsAtItsPlace() throws Exception {
        try (HubScene scene = new HubScene(folder, settings("log.retain.events", "1000"))) {
            String first = scene.publish("news", "first");
            open(scene, null, Since.LATEST, "news");
            open(scene, first, Since.LATEST, "news");
            for (int i = 0; i < 200; i++) {
                scene.publish("other", "nothing for them");
            }
            Await.until("a cursor for all", () -> {
                scene.hub.tickNow().join();
                sockets.forEach(Socket::tellIfOwed);
                return sockets.stream().allMatch(s -> s.count("rivulet.cursor") > 0);
            });
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            verify(scene);
        }
    }

    @Test
    void anEventThatIsNotLaterThanTheLastIsNotSentAndEndsTheStream() throws Exception {
        AtomicBoolean countsBackwards = new AtomicBoolean();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> counting(log, countsBackwards),
            settings())) {
            open(scene, null, Since.LATEST, "news");
            for (int i = 0; i < 3; i++) {
                scene.publish("news", "old " + i);
            }
            scene.publish("news", "end");
            awaitAll("the end", Socket::isAtEnd);
            sockets.removeIf(s -> s.times > 0); // the others' cursors may have passed its place: they pass it over
            countsBackwards.set(true);
            scene.publish("news", "from the past");
            awaitAll("the end of the stream", Socket::hasEnded);
            for (Socket socket : sockets) {
                assertEquals(EndReason.FAULT, socket.subscription.ending(), socket.about);
                assertTrue(socket.events().stream().noneMatch(e -> e.data().equals("from the past")), socket.about);
            }
            verify(scene);
        }
    }

    /** A log that answers with places that were before, once it is told to. */
    private static EventLog counting(EventLog log, AtomicBoolean backwards) {
        return (EventLog) Proxy.newProxyInstance(EventLog.class.getClassLoader(), new Class<?>[] {EventLog.class},
            (proxy, method, args) -> {
                Object answer = method.invoke(log, args);
                if (!method.getName().equals("append") || !backwards.get()) {
                    return answer;
                }
                return ((List<?>) answer).stream().map(LogEntry.class::cast).map(e -> new LogEntry(e.position() - 2,
                    e.epoch(), e.nonce(), e.timeMs(), e.event(), e.receipt())).toList();
            });
    }

    @Test
    void theFarewellIsTheLastThatAStreamIsTold() throws Exception {
        // the hub waits half a second for a full socket; time stands still, so that a slow machine is not taken for one
        try (HubScene scene = HubScene.timed(folder, new SetClock(), settings())) {
            scene.publish("news", "old");
            open(scene, null, Since.EARLIEST, "news");
            sockets.forEach(s -> scene.hub.connections().close(s.subscription.connection()));
            // closes are mail: what is published before a shard has read all of it is not too late yet
            awaitAll("the decision to end it", s -> s.subscription.ending() != null);
            scene.publish("news", "too late");
            awaitAll("the end of the stream", Socket::hasEnded);
            for (Socket socket : sockets) {
                assertTrue(socket.last.matches("retry: \\d+\n:\n"), socket.about + " ends with " + socket.last);
                List<Dispatched> events = socket.events();
                assertTrue(events.isEmpty() || events.get(0).type().equals("rivulet.hello"), socket.about);
                assertTrue(events.stream().noneMatch(e -> e.data().equals("too late")), socket.about);
            }
        }
    }

    @Test
    void aHubThatClosesSaysWhatItHasToSayBeforeTheFarewell() throws Exception {
        try (HubScene scene = new HubScene(folder, settings())) {
            scene.publish("news", "old");
            open(scene, null, Since.EARLIEST, "news");
        }
        for (Socket socket : sockets) {
            assertTrue(socket.hasEnded(), socket.about);
            List<Dispatched> events = socket.events();
            assertTrue(events.isEmpty() || events.get(0).type().equals("rivulet.hello"), socket.about);
            String text = new String(socket.all(), StandardCharsets.US_ASCII);
            assertTrue(!text.matches("(?s).*\nretry: \\d+\n\n.+"), socket.about + " goes on after it: " + text);
        }
    }
}
