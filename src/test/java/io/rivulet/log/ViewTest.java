package io.rivulet.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it costs to find out whether an event is asked for: look-ups are cut into slices by that. */
class ViewTest {

    private static final List<String> HUNDRED = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();

    private static final TopicSpace SPACE = TopicSpace.of("https://hub.example/.well-known/mercure");

    private final SliceWork work = new SliceWork(() -> {
    });

    /** Counted as one step each, a slice through such events took ten times as long as any other. */
    @Test
    void eachTopicOfAnEventThatIsLookedAtCostsAsMuchAsANameOfTheLog() {
        View honest = View.of(TopicSelection.of(List.of(
            SPACE.selector("honest/{x}"))), Grant.ANONYMOUS);
        assertFalse(honest.shows(HUNDRED, false, work));
        long steps = work.taken();
        assertTrue(steps >= 100 * LogWork.LOOK, () -> steps + " steps");
        assertTrue(View.of(TopicSelection.ofTopics(List.of("t99")), Grant.ANONYMOUS).shows(HUNDRED, false, work));
        assertTrue(work.taken() - steps >= 100 * LogWork.LOOK, () -> work.taken() - steps + " steps");
    }

    @Test
    void whoeverAsksForAllLooksAtNone() {
        assertTrue(View.of(TopicSelection.ofTopics(List.of("*")), Grant.ANONYMOUS).shows(HUNDRED, false, work));
        assertEquals(0, work.taken());
    }

    /** A hundred patterns on a hundred topics were one slice, of seconds. */
    @Test
    void othersGoFirstBetweenTwoPatternsOfOneEventWhetherTheyAreAskedForOrGranted() {
        TopicSelection asked = TopicSelection.of(SliceWork.patterns(SPACE));
        assertFalse(new View(asked, GrantedTopics.ALL).shows(SliceWork.TOPICS, true, work));
        int slices = work.slices();
        View granted = new View(TopicSelection.ofTopics(List.of(SliceWork.TOPICS.get(0))),
            GrantedTopics.of(SliceWork.patterns(SPACE)));
        assertFalse(granted.shows(SliceWork.TOPICS, true, work));
        assertTrue(slices > 10 && work.slices() > slices + 10, slices + " and " + work.slices() + " slices");
        long max = LogWork.SLICE + SliceWork.ofOnePair(SPACE);
        assertTrue(work.longest() <= max, () -> work.longest() + " steps in one slice, not " + max);
    }

    @Test
    void whatHasToBeLetGoOfIsLetGoOfBeforeOthersGoFirst() {
        int[] letGo = new int[1];
        SliceWork careful = new SliceWork(() -> letGo[0]--);
        View view = new View(TopicSelection.of(SliceWork.patterns(SPACE)), GrantedTopics.NONE);
        assertFalse(view.shows(SliceWork.TOPICS, false, careful, () -> assertEquals(1, ++letGo[0])));
        assertTrue(careful.slices() > 10);
        assertEquals(0, letGo[0]);
    }

    @Test
    void anEventThatNobodyWaitsForIsLeftInTheMiddle() {
        SliceWork gone = new SliceWork(() -> {
            throw new LogWork.Stopped();
        });
        View view = new View(TopicSelection.of(SliceWork.patterns(SPACE)), GrantedTopics.NONE);
        assertThrows(LogWork.Stopped.class, () -> view.shows(SliceWork.TOPICS, false, gone));
        assertEquals(1, gone.slices());
    }

    @Test
    void anEventIsShownForAnyOfItsTopicsOnceOneOfThemIsGranted() {
        GrantedTopics granted = GrantedTopics.of(List.of(SPACE.selector("b{x}"), SPACE.exact("c")));
        View view = new View(TopicSelection.of(List.of(SPACE.exact("a"), SPACE.selector("d{x}"))), granted);
        assertEquals("true true true false false true", String.join(" ", List.of(
            "" + view.shows(List.of("a"), false), "" + view.shows(List.of("x", "d1"), false),
            "" + view.shows(List.of("a", "c"), true), "" + view.shows(List.of("a"), true),
            "" + view.shows(List.of("c"), true), "" + view.shows(List.of("d1", "b2"), true))));
        View everything = new View(TopicSelection.ofTopics(List.of("*")), GrantedTopics.ALL);
        assertTrue(everything.shows(List.of("a"), true));
        assertFalse(everything.shows(List.of(), true), "a mark is for nobody");
    }
}
