package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.Variant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose patterns cost much take turns as all others do, and pay for what a turn takes beyond its steps. */
class CatchUpStepsTest {

    private static final int SHARDS = Runtime.getRuntime().availableProcessors();
    private static final long TURN_STEPS = 20_000;
    /** A round that has begun before the live event was there may take so many. */
    private static final long ROUND_STEPS = 400_000;
    /** One match, the longest there is, with the set-up of its automaton. */
    private static final long MATCH_MOST = 202_000;
    private static final SubscribeRequest REQUEST = new SubscribeRequest(TopicSelection.ofTopics(List.of("t")),
        Grant.ANONYMOUS, null, Since.LATEST, Duration.ofMinutes(5), true, HubScene.PLAIN, "192.0.2.1");

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock(); // stands still: steps alone end a round
    private final List<Subscriber> served = new ArrayList<>();
    private boolean liveWaits;
    private long workedNs;
    private final Courtesy courtesy = new Courtesy(clock::nanos, () -> workedNs, 3);

    private static Subscriber stream() {
        Subscriber s = new Subscriber(REQUEST, null, null, new Admission(null, null, 0, Long.MAX_VALUE, Variant.PLAIN));
        s.feedBy(s.feedBehind(0), null);
        return s;
    }

    /** A queue whose streams each want another turn at once. */
    private CatchUp queue(ToLongFunction<Subscriber> turn, List<Subscriber> streams) {
        CatchUp[] queue = new CatchUp[1];
        queue[0] = new CatchUp(clock::nanos, () -> liveWaits, s -> {
            served.add(s);
            queue[0].add(s);
            return turn.applyAsLong(s);
        }, courtesy);
        streams.forEach(queue[0]::add);
        return queue[0];
    }

    private long timesServed(Subscriber s) {
        return served.stream().filter(other -> other == s).count();
    }

    @Test
    void aRoundEndsWhenItsStepsAreTakenAndSoonerWhenALiveEventWaits() {
        List<Subscriber> streams = IntStream.range(0, 100).mapToObj(i -> stream()).toList();
        CatchUp queue = queue(s -> TURN_STEPS, streams);
        queue.round();
        assertEquals(20, served.size());
        liveWaits = true;
        served.clear();
        queue.round();
        assertEquals(6, served.size(), "five, and one of those that are known to be costly");
    }

    @Test
    void aStreamThatTakesTheStepsOfTenTurnsGetsATenthOfTheTurns() {
        Subscriber costly = stream();
        List<Subscriber> modest = List.of(stream(), stream(), stream());
        CatchUp queue = queue(s -> s == costly ? 10 * TURN_STEPS : 100,
            List.of(modest.get(0), costly, modest.get(1), modest.get(2)));
        for (int i = 0; i < 100; i++) {
            queue.round();
        }
        assertEquals(10, timesServed(costly));
        modest.forEach(s -> assertEquals(100, timesServed(s)));
    }

    /** Where others wanted the processor, those that cost much rest, and those that cost little do not. */
    @Test
    void costlyStreamsRestWhileOthersWaitForTheProcessorAndModestOnesNever() {
        Subscriber costly = stream();
        Subscriber modest = stream();
        CatchUp queue = queue(s -> {
            workedNs += 1_000;
            clock.advanceNs(1_500);
            return s == costly ? TURN_STEPS : 100;
        }, List.of(costly, modest));
        List<Integer> servedSoFar = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            queue.round();
            servedSoFar.add(served.size());
        }
        assertEquals(List.of(costly, modest, modest, costly, modest, modest, costly), served,
            "once known as costly, its turn is after those of the others");
        assertEquals(List.of(2, 4, 5, 7), servedSoFar, "and it rests for 2 us, until the other has had two turns");
    }

    @Test
    void aShardWhoseStreamsAllRestHasNothingToDoUntilTheyHaveRested() {
        Subscriber costly = stream();
        CatchUp queue = queue(s -> {
            workedNs += 1_000;
            clock.advanceNs(1_500);
            return TURN_STEPS;
        }, List.of(costly));
        queue.round();
        queue.round();
        assertEquals(2, served.size());
        assertEquals("false false 2000", queue.isBusy() + " " + queue.round() + " " + queue.untilDueNs());
        clock.advanceNs(2_000);
        assertEquals("true 0 true", queue.isBusy() + " " + queue.untilDueNs() + " " + queue.round());
        assertEquals(3, served.size());
    }

    /** Is there, and publishes the next event as soon as it has got one: a live event waits all the time. */
    private static final class Present implements Outlet {
        private final HubScene scene;
        private volatile Subscriber self;
        private long before;
        private volatile long most;
        private volatile int got;
        private volatile boolean enough;

        Present(HubScene scene) {
            this.scene = scene;
        }

        @Override
        public boolean isReady() {
            return self != null;
        }

        @Override
        public void write(SharedBytes events) {
            if (!new String(events.bytes(), StandardCharsets.UTF_8).contains("data: now")) {
                return;
            }
            long taken = ((Shard) self.owner()).turn().stepsTaken();
            most = Math.max(most, taken - before);
            before = taken;
            got++;
            if (!enough) {
                scene.hub.publish(Event.on("live").data("now").build()).join();
            }
        }

        @Override
        public void end() {
            // nothing to end
        }
    }

    @Test
    void betweenTwoLiveDispatchesABoundedNumberOfStepsIsTakenAndTheCostlyStreamGetsAllInTheEnd() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "log.sync", "never", "connections.address.max", "0",
            "patterns.max", "100000")) {
            List<Event> batch = new ArrayList<>();
            List<String> mine = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batch.add(Event.on(i % 10 == 3 ? "mine" : "order/" + i).data("" + i).build());
                if (i % 10 == 3) {
                    mine.add("" + i);
                }
            }
            scene.hub.publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
            List<Present> present = new ArrayList<>();
            for (int i = 0; i < SHARDS; i++) { // one in each shard: the next stream comes to one of them
                Present outlet = new Present(scene);
                present.add(outlet);
                outlet.self = (Subscriber) scene.hub.subscribe(new SubscribeRequest(
                    TopicSelection.ofTopics(List.of("live")), Grant.ANONYMOUS, null, Since.LATEST,
                    Duration.ofMinutes(5), true, HubScene.PLAIN, "192.0.2.1"), outlet);
                outlet.self.writable();
            }
            TopicSpace space = TopicSpace.of("http://localhost/.well-known/mercure");
            List<TopicMatcher> matchers = new ArrayList<>(List.of(space.exact("mine")));
            for (int i = 0; i < 4; i++) {
                matchers.add(space.urlPattern("/:a((?:.?){" + (300 - i) + "}!)"));
            }
            HubClient costly = scene.client();
            costly.connect(new SubscribeRequest(TopicSelection.of(matchers), Grant.ANONYMOUS, null,
                Since.parse("earliest", clock.instant()), Duration.ofMinutes(5), false, HubScene.PLAIN, "192.0.2.1"));
            scene.publish("live", "now");
            assertEquals(mine, HubScene.awaitEvents(costly, mine.size()).data());
            present.forEach(outlet -> outlet.enough = true);
            Await.until("the costly stream has caught up",
                () -> costly.subscriber().stage() == Subscriber.Stage.LIVE);
            for (Present outlet : present) {
                assertTrue(outlet.most <= ROUND_STEPS + TURN_STEPS + MATCH_MOST,
                    outlet.most + " steps before a live event");
            }
            assertTrue(present.stream().allMatch(outlet -> outlet.got > 5), "live events came between");
        }
    }
}
