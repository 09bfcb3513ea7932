package io.rivulet.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.topic.MatchSteps;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it costs to find out whether an event is asked for: look-ups are cut into slices by that. */
class ViewTest {

    private static final List<String> HUNDRED = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();

    private final MatchSteps steps = new MatchSteps();

    /** Counted as one step each, a slice through such events took ten times as long as any other. */
    @Test
    void eachTopicOfAnEventThatIsLookedAtCostsAsMuchAsANameOfTheLog() {
        View honest = View.of(TopicSelection.of(List.of(
            TopicSpace.of("https://hub.example/.well-known/mercure").selector("honest/{x}"))), Grant.ANONYMOUS);
        assertFalse(honest.shows(HUNDRED, false, steps));
        assertTrue(steps.taken() >= 100 * LogWork.LOOK, () -> steps.taken() + " steps");
        steps.reset();
        assertTrue(View.of(TopicSelection.ofTopics(List.of("t99")), Grant.ANONYMOUS).shows(HUNDRED, false, steps));
        assertTrue(steps.taken() >= 100 * LogWork.LOOK, () -> steps.taken() + " steps");
    }

    @Test
    void whoeverAsksForAllLooksAtNone() {
        assertTrue(View.of(TopicSelection.ofTopics(List.of("*")), Grant.ANONYMOUS).shows(HUNDRED, false, steps));
        assertEquals(0, steps.taken());
    }
}
