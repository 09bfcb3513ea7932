package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of Prometheus' text sees what breaks a rule. */
class ExpositionTest {

    private static final String HEAD = "# HELP a_total what\n# TYPE a_total counter\n";
    private static final String HISTOGRAM = "# TYPE h histogram\n";

    @Test
    void whatIsRightIsRead() {
        Exposition read = Exposition.of(HEAD + "a_total{b=\"c\\\"d\",e=\"f\"} 1.5\n" + HISTOGRAM
            + "h_bucket{le=\"0.1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\n", false);
        assertEquals(1.5, read.value("a_total", "b", "c\\\"d", "e", "f"));
        assertEquals("[b, e]", read.meters().get(0).labels().toString());
        assertEquals("[a_total, h_bucket, h_count, h_sum]", read.names().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_total 1", HEAD + "a_total 1\na_total 1\n", HEAD + "b 1\n", HEAD + "a_total{b=c} 1\n",
        HEAD + "a_total{b=\"c\" 1\n", HEAD + "a_total{b=\"c\",b=\"d\"} 1\n", HEAD + "a_total one\n", HEAD + HEAD,
        "# TYPE a_total number\n", HEAD + "\n", HEAD + "# EOF\n", "a_total 1\n",
        HISTOGRAM + "h_bucket{le=\"0.1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
        HISTOGRAM + "h_bucket{le=\"+Inf\"} 1\nh_count 2\n", HISTOGRAM + "h_bucket{le=\"0.1\"} 1\nh_count 1\n"})
    void whatBreaksARuleIsSeen(String text) {
        assertThrows(AssertionError.class, () -> Exposition.of(text, false));
    }

    @Test
    void openMetricsHasAnEnd() {
        assertEquals(1, Exposition.of(HEAD + "a_total 1\n# EOF\n", true).value("a_total"));
        assertThrows(AssertionError.class, () -> Exposition.of(HEAD + "a_total 1\n", true));
    }
}
