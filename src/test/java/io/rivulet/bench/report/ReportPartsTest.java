package io.rivulet.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportPartsTest {

    @Test
    void aTableIsMarkdown() {
        assertEquals("""
            ## cost

            | server | µs |
            |---|---:|
            | a\\|b | 1.0 |
            | c |  |

            Medians.

            """, new Table("cost", "server", "µs").row("a|b", "1.0").row("c").note("Medians.").markdown());
    }

    @Test
    void theMiddleRoundCounts() {
        assertEquals(2, Numbers.median(List.of(3.0, 1.0, 2.0), x -> x));
        assertEquals(2.5, Numbers.median(List.of(4.0, 1.0, 2.0, 3.0), x -> x));
        assertEquals("–", Numbers.fixed(Numbers.median(List.<Double>of(), x -> x), 1));
    }

    @Test
    void numbersAreWrittenAlikeEverywhere() {
        assertEquals("1,234.50", Numbers.fixed(1_234.5, 2));
        assertEquals("1.23", Numbers.ms(1_234));
        assertEquals("1.0 to 3.0", Numbers.range(List.of(2.0, 1.0, 3.0), x -> x, 1));
    }

    @Test
    void aPlotHasABarForEachValueInProportion() {
        String svg = new Bars("cost <µs>", 1).bar("Rivulet", 10).bar("peer", 20).bar("none", Double.NaN).svg();
        assertTrue(svg.contains("<title>cost &lt;µs&gt;</title>"), svg);
        assertTrue(svg.contains("width=\"200\" height=\"18\""), svg);
        assertTrue(svg.contains("width=\"400\" height=\"18\""), svg);
        assertFalse(svg.contains("none</text>"), svg);
    }
}
