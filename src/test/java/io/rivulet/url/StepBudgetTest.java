package io.rivulet.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** SUB-16: what a match costs is linear in the URL and counted, whatever the pattern. */
class StepBudgetTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
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
        assertTrue(matches(NESTED, "a".repeat(1000), meter(1000)));
    }

    @Test
    void sub16AMatchThatExceedsTheBudgetEndsThereAndDoesNotMatch() throws BadPattern {
        StepMeter fewer = meter(199);
        assertTrue(matches(WIDE.formatted(100), "a".repeat(199), fewer));
        assertEquals(35_551, fewer.steps());
        StepMeter more = meter(399);
        assertFalse(matches(WIDE.formatted(300), "a".repeat(399), more), "its language has it, the budget has not");
        assertEquals(more.max() + 1, more.steps());
        assertFalse(matches(WIDE.formatted(300), "a".repeat(399), meter(399)), "and always the same");
    }

    @Test
    void sub16TheBudgetGrowsWithTheUrlUpToALimit() {
        assertEquals(StepMeter.STEPS_BASE + StepMeter.STEPS_PER_CHARACTER * "httpshub.example/aa".length(),
            meter(2).max());
        assertEquals(200_000, meter(1000).max());
    }

    @Test
    void sub16TheBudgetIsForTheWholePatternNotForEachComponent() throws BadPattern {
        String half = WIDE.formatted(170);
        String text = "a".repeat(339);
        String both = text + "?" + text;
        assertTrue(matches(half + "?*", both, meter(678)));
        assertTrue(matches("/*?" + half.substring(1), both, meter(678)));
        assertFalse(matches(half + "?" + half.substring(1), both, meter(678)));
    }

    @Test
    void aLiteralAndAStarTakeNoStep() throws BadPattern {
        StepMeter meter = new StepMeter(0);
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

    /** Each token was an object of its own, and each text is cut twice: 90 bytes for each character. */
    @Test
    void aLongPatternMakesLittleGarbageWhileItIsCompiled() throws BadPattern {
        String pattern = "/" + "a".repeat(4_000) + "/*";
        UrlPattern.compile(pattern, HUB); // classes are loaded
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        UrlPattern.compile(pattern, HUB);
        long made = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertTrue(made < 50 * pattern.length(), "bytes for each character: " + made / pattern.length());
    }

    /** Five of eight components are a star, where a pattern is a path: read like any other they made 13 KB. */
    @Test
    void aShortPatternMakesLittleGarbageWhileItIsCompiled() throws BadPattern {
        UrlPattern.compile("/books/*", HUB);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 100; i++) {
            UrlPattern.compile("/books/*", HUB);
        }
        long made = (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 100;
        assertTrue(made < 10_000, "bytes for each pattern: " + made);
    }

    private static int stepsOfNested(int length) throws BadPattern {
        StepMeter meter = meter(length);
        assertFalse(matches(NESTED, "a".repeat(length) + "!", meter));
        return meter.steps();
    }

    /** As for a path of so many characters. */
    private static StepMeter meter(int length) {
        return StepMeter.of(Url.parse("/" + "a".repeat(length), HUB));
    }

    private static boolean matches(String pattern, String text, StepMeter meter) throws BadPattern {
        return UrlPattern.compile(pattern, HUB).matches(Url.parse("/" + text, HUB), meter);
    }
}
