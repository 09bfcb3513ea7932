package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What it costs to try matchers is counted in steps, so that a bound on it does not depend on the machine. */
class MatchStepsTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TopicSpace space = TopicSpace.of("http://localhost/.well-known/mercure");
    private final MatchSteps steps = new MatchSteps();

    @Test
    void aComparisonIsOneStep() {
        assertFalse(space.exact("a").matches("b", steps));
        assertTrue(space.exact("*").matches("b", steps));
        assertEquals(2, steps.taken());
    }

    @Test
    void aHostileUrlPatternCostsHundredsOfStepsForEachCharacter() {
        assertFalse(space.urlPattern("/:a((?:.?){300}!)").matches("order/0000001", steps));
        assertTrue(steps.taken() > 300 * 7, "steps: " + steps.taken());
    }

    @Test
    void aTemplateCostsSomeStepsForEachCharacter() {
        assertFalse(space.selector("{a:1000}/x").matches("aaaaaaaaaa", steps));
        assertTrue(steps.taken() > 3 * 10, "steps: " + steps.taken());
    }

    @Test
    void aLargeAutomatonThatFailsAtTheFirstCharacterIsNotFree() {
        assertFalse(space.urlPattern("/:a(!(?:.?){300})").matches("order/0000001", steps));
        assertTrue(steps.taken() > 100, "steps: " + steps.taken());
        steps.reset();
        assertFalse(space.selector("{a:1000}{b:1000}/x").matches("!", steps));
        assertTrue(steps.taken() > 100, "steps: " + steps.taken());
    }

    @Test
    void anAnswerThatIsRememberedIsOneStep() {
        TopicMatcher pattern = space.urlPattern("/:a((?:.?){300}!)");
        pattern.matches("order/0000001", steps);
        steps.reset();
        pattern.matches("order/0000001", steps);
        assertEquals(1, steps.taken());
    }

    @Test
    void whoTriesAPatternAgainAndAgainMakesItsListsOnce() {
        for (TopicMatcher hostile : List.of(space.urlPattern("/:a((?:.?){300}!)"), space.selector("{a:1000}/x"))) {
            hostile.matchesOnce("order/0000001", steps);
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 100; i++) {
                hostile.matchesOnce("order/0000001", steps);
            }
            long each = (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 100;
            assertTrue(each < 500, hostile + " makes " + each + " bytes for each topic");
        }
    }

    @Test
    void listsThatARunLeftBehindChangeNoOtherRun() {
        List<TopicMatcher> matchers = List.of(space.urlPattern("/:a((?:.?){30}!)"), space.urlPattern("/(a|b)+"),
            space.selector("{a:9}/x"), space.selector("/{a}{/b}"), space.urlPattern("/:a((?:.?){450}!)"));
        for (int i = 0; i < 200; i++) {
            for (TopicMatcher matcher : matchers) {
                for (String topic : List.of("/ab", "/a!", "a/x", "/" + "b".repeat(i) + "!", "aaaaaaaaaa/x")) {
                    assertEquals(matcher.matchesOnce(topic, new MatchSteps()), matcher.matchesOnce(topic, steps),
                        matcher + " and " + topic);
                }
            }
        }
    }

    @Test
    void nothingIsCountedWhereNobodyAsks() {
        space.exact("a").matches("b");
        assertEquals(0, MatchSteps.UNCOUNTED.taken());
    }
}
