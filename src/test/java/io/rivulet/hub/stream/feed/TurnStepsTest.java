package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However costly a stranger's patterns are, a turn of its stream has an end, and the stream gets all in the end. */
class TurnStepsTest {

    /** The budget of a turn and the longest match there is, with the set-up of its automaton. */
    private static final long TURN_MOST = 20_000 + 200_000 + 2_000;

    private final TopicSpace space = TopicSpace.of("http://localhost/.well-known/mercure");
    private final TailRing ring = TailRing.of(16 << 20, Position.START, "start", gone -> { });
    private final SetClock clock = new SetClock();
    private final Round round = new Round(clock::nanos, clock, () -> 0, Position.START, "start");
    private final Turn turn = new Turn(new FeedSources(ring, null, null, null, new ReadBudget(1 << 20),
        GoLive.EXACT), round,
        new WriteBudget(1 << 20), new ConflationBudget(10_000, 1 << 20));
    private final Cursor cursor = new Cursor();
    private final StringBuilder wire = new StringBuilder();
    private Consumer<Integer> afterTurn = n -> { };
    private int turns;

    /** A stream that asks for these topics under this grant. */
    private record View(TopicSelection topics, Variant variant, Grant grant) implements StreamView {
    }

    /** Patterns that match nothing, and take thousands of steps to say so. */
    private List<TopicMatcher> hostile(int n) {
        return IntStream.range(0, n).mapToObj(i -> space.urlPattern("/:a((?:.?){" + (300 - i) + "}!)"))
            .collect(Collectors.toCollection(ArrayList::new));
    }

    private View asking(List<TopicMatcher> matchers) {
        return new View(TopicSelection.of(matchers), Variant.PLAIN, Grant.ANONYMOUS);
    }

    private View granted(Variant variant, List<TopicMatcher> matchers) {
        return new View(TopicSelection.ofTopics(List.of("*")), variant,
            HubScene.grant("someone", GrantedTopics.of(matchers)));
    }

    private EventFrame publish(Event event) {
        long place = ring.head() + 1;
        EventFrame frame = new EventFrame(event, Position.ofDurable(place), false, "id" + place, clock.millis());
        ring.add(frame);
        round.offered(frame);
        round.dispatched(ring.head());
        return frame;
    }

    /** Thirty events, each of a topic of its own, and "mine" among them; returns what the stream is to get. */
    private String publishSome() {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            boolean mine = i % 10 == 3;
            publish(Event.on(mine ? "mine/" + i : "order/" + i).data("" + i).build());
            data.append(mine ? i + " " : "");
        }
        return data.toString();
    }

    /** Gives the feed its turns until it has caught up; each of them has its bound. */
    private void feed(Feed feed) {
        for (Outcome outcome = Outcome.TURN; outcome != Outcome.CAUGHT_UP; turns++) {
            assertTrue(turns < 20_000, "it gets on");
            long before = turn.stepsTaken();
            turn.begin();
            feed.work(turn);
            outcome = feed.next(turn);
            long taken = turn.stepsTaken() - before;
            assertTrue(taken <= TURN_MOST, taken + " steps in a turn");
            if (outcome == Outcome.WRITE) {
                cursor.sending(turn.delivery().first(), turn.delivery().last());
                wire.append(new String(turn.delivery().bytes(), StandardCharsets.UTF_8));
            }
            afterTurn.accept(turns);
        }
    }

    private String data() {
        return wire.toString().lines().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6) + " ")
            .collect(Collectors.joining());
    }

    private ReplayFeed replay(StreamView view) {
        return new ReplayFeed(view, cursor, StreamWatcher.Watched.NOWHERE, 0);
    }

    private ConflatingFeed conflating(StreamView view) {
        return new ConflatingFeed(view, cursor, StreamWatcher.Watched.NOWHERE, null, 0);
    }

    @Test
    void aReplayWithCostlyPatternsGetsOnTurnByTurnAndGetsAllInOrder() {
        String mine = publishSome();
        List<TopicMatcher> matchers = hostile(4);
        matchers.add(space.urlPattern("/.well-known/mine/*"));
        feed(replay(asking(matchers)));
        assertEquals(mine, data());
        assertTrue(turns > 20, turns + " turns");
    }

    @Test
    void aWindowThatGathersGetsOnTurnByTurnAndGetsTheNewestOfEachTopicInOrder() {
        String mine = publishSome();
        List<TopicMatcher> matchers = hostile(4);
        matchers.add(space.urlPattern("/.well-known/mine/*"));
        feed(conflating(asking(matchers)));
        assertEquals(mine, data());
        assertTrue(turns > 20, turns + " turns");
    }

    @Test
    void anEventOfManyTopicsIsExaminedInParts() {
        publish(manyTopics().markPrivate(false).build());
        List<TopicMatcher> matchers = hostile(4);
        matchers.add(space.urlPattern("/.well-known/last/*"));
        feed(replay(asking(matchers)));
        assertEquals("of many ", data());
        assertTrue(turns > 20, turns + " turns");
    }

    @Test
    void aWindowFindsEachTopicOfAnEventInParts() {
        EventFrame first = publish(manyTopics().build());
        publish(Event.on("last/one").data("later").build());
        List<TopicMatcher> matchers = hostile(4);
        matchers.add(space.urlPattern("/.well-known/last/*"));
        feed(conflating(asking(matchers)));
        assertEquals("later ", data(), "the later event stands for the only topic that was asked for");
        assertEquals(12, first.topics().size());
        assertTrue(turns > 20, turns + " turns");
    }

    @Test
    void aPrivateEventUnderAGrantOfCostlyPatternsIsExaminedInParts() {
        publish(manyTopics().markPrivate(true).build());
        List<TopicMatcher> matchers = hostile(4);
        matchers.add(space.urlPattern("/.well-known/last/*"));
        feed(replay(granted(Variant.TOPICS, matchers)));
        assertEquals("of many ", data());
        assertEquals(1, wire.toString().split("topics: ", -1).length - 1, "one topic may be told: " + wire);
        assertTrue(turns > 20, turns + " turns");
    }

    @Test
    void anotherGrantInTheMiddleOfAnEventBeginsItAgain() {
        publish(manyTopics().markPrivate(true).build());
        View[] view = {granted(Variant.TOPICS, hostile(4))};
        afterTurn = n -> view[0] = n == 5 ? granted(Variant.TOPICS, List.of(space.exact("order/0"))) : view[0];
        StreamView changing = new StreamView() {
            @Override
            public TopicSelection topics() {
                return view[0].topics();
            }

            @Override
            public Variant variant() {
                return view[0].variant();
            }

            @Override
            public Grant grant() {
                return view[0].grant();
            }
        };
        feed(replay(changing));
        assertEquals("of many ", data());
        assertTrue(wire.toString().contains("topics: order/0\n"), wire.toString());
    }

    private static Event.Builder manyTopics() {
        Event.Builder event = Event.on("order/0").data("of many");
        for (int i = 1; i < 11; i++) {
            event.topic("order/" + i + "x".repeat(300));
        }
        return event.topic("last/one");
    }

    @Test
    void oneLiveCheckTakesABoundedNumberOfSteps() {
        EventFrame event = publish(manyTopics().markPrivate(true).build());
        LiveChecks checks = turn.live();
        checks.newRound();
        View view = granted(Variant.PLAIN, hostile(20));
        assertEquals(Examination.Answer.LATER, checks.maySee(view, event));
        assertTrue(checks.taken() <= TURN_MOST, checks.taken() + " steps");
    }

    @Test
    void liveChecksTakeABoundedNumberOfStepsInARound() {
        EventFrame event = publish(manyTopics().markPrivate(true).build());
        LiveChecks checks = turn.live();
        checks.newRound();
        int later = 0;
        for (int i = 0; i < 100; i++) {
            View view = granted(Variant.PLAIN, List.of(space.urlPattern("/:a((?:.?){" + (99 + i) + "}!)")));
            later += checks.maySee(view, event) == Examination.Answer.LATER ? 1 : 0;
        }
        assertTrue(checks.taken() <= 100_000 + TURN_MOST + 100 * 2_000L,
            checks.taken() + " steps");
        assertTrue(later > 50, later + " wait for their turn");
        checks.newRound();
        View honest = granted(Variant.PLAIN, List.of(space.exact("last/one")));
        assertEquals(Examination.Answer.YES, checks.maySee(honest, event));
    }
}
