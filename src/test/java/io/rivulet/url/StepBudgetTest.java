package io.rivulet.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** SUB-16: what a match costs is linear in the URL and counted, whatever the pattern. */
class StepBudgetTest {

    private static final Url HUB = Url.parse("https://hub.example/.well-known/mercure", null);
    /** Takes back-tracking engines 2^n steps. */
    private static final String NESTED = "/((?:(?:a+)+)+)";
    /** About 2 n states live at every character: there is nothing wider for its size. */
    private static final String WIDE = "/((?:a?){%1$d}a{%1$d})";

    @Test
    void sub16NestedQuantifiersTakeAsManyStepsForEachCharacterHoweverLongTheText() throws BadPattern {
        int ten = stepsOfNested(10);
        int hundred = stepsOfNested(100);
        int thousand = stepsOfNested(1000);
        assertEquals(hundred - ten, (thousand - hundred) / 10, ten + ", " + hundred + ", " + thousand);
        assertTrue(thousand < 20 * 1000, "steps for 1,000 characters: " + thousand);
        assertTrue(matches(NESTED, "a".repeat(1000), new StepMeter()));
    }

    @Test
    void sub16AMatchThatExceedsTheBudgetEndsThereAndDoesNotMatch() throws BadPattern {
        String text = "a".repeat(399);
        StepMeter fewer = new StepMeter();
        assertTrue(matches(WIDE.formatted(200), text, fewer));
        assertEquals(141_101, fewer.steps());
        StepMeter more = new StepMeter();
        assertFalse(matches(WIDE.formatted(300), text, more), "its language has it, the budget has not");
        assertEquals(UrlPattern.STEPS_MAX + 1, more.steps());
        assertFalse(matches(WIDE.formatted(300), text, new StepMeter()), "and always the same");
    }

    @Test
    void sub16TheBudgetIsForTheWholePatternNotForEachComponent() throws BadPattern {
        String half = WIDE.formatted(170);
        String text = "a".repeat(339);
        assertTrue(matches(half + "?*", text + "?" + text, new StepMeter()));
        assertTrue(matches("/*?" + half.substring(1), text + "?" + text, new StepMeter()));
        assertFalse(matches(half + "?" + half.substring(1), text + "?" + text, new StepMeter()));
    }

    @Test
    void aLiteralAndAStarTakeNoStep() throws BadPattern {
        StepMeter meter = new StepMeter();
        assertTrue(UrlPattern.compile("https://a.example/books?*", HUB)
            .matches(Url.parse("https://a.example/books?page=1#x", HUB), meter));
        assertEquals(0, meter.steps());
    }

    @Test
    void whatAPatternMayWeighIsBoundedByItsLength() throws BadPattern {
        UrlPattern.compile("/(a{900})", HUB);
        assertThrows(BadPattern.class, () -> UrlPattern.compile("/(a{900})(b{900})", HUB));
        assertThrows(BadPattern.class, () -> UrlPattern.compile("/(a{900})?x=(b{900})", HUB));
        UrlPattern.compile("/*" + "a".repeat(10_000), HUB);
    }

    private static int stepsOfNested(int length) throws BadPattern {
        StepMeter meter = new StepMeter();
        assertFalse(matches(NESTED, "a".repeat(length) + "!", meter));
        return meter.steps();
    }

    private static boolean matches(String pattern, String text, StepMeter meter) throws BadPattern {
        return UrlPattern.compile(pattern, HUB).matches(Url.parse("/" + text, HUB), meter);
    }
}
