package io.rivulet.http.form;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.refusal.Refused;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A name that a door does not know is refused, and the one that may be meant is proposed. */
class KnownFieldsTest {

    private static final KnownFields KNOWN = KnownFields.of("topic", "since", "heartbeat", "rate");

    private static FormFields query(String text) {
        return FormDecoder.decode(text.getBytes(StandardCharsets.UTF_8), 100);
    }

    @ParameterizedTest
    @CsvSource({"topics,topic", "topic[],topic", "topic[0],topic", "Topic,topic", "Since,since", "sinse,since",
        "hartbeat,heartbeat", "raet,rate"})
    void theNearestNameIsProposed(String given, String meant) {
        Refused refused = assertThrows(Refused.class, () -> KNOWN.check(query("topic=a&" + given + "=b"), "parameter"));
        assertEquals("the parameter " + given + " is unknown; perhaps " + meant
            + " is meant. Known are heartbeat, rate, since, topic", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "x", "aVeryLongNameThatLooksLikeNothingThatIsKnownHere"})
    void nothingIsProposedWhereNoneIsNear(String given) {
        Refused refused = assertThrows(Refused.class, () -> KNOWN.check(query(given + "=b"), "field"));
        assertEquals("the field " + given + " is unknown. Known are heartbeat, rate, since, topic",
            refused.getMessage());
    }

    @Test
    void namesOfTheCallersOwnAndOfAPolyfillPass() {
        assertDoesNotThrow(() -> KNOWN.check(query("topic=a&_=1700000000&_mine=x&evs_preamble=2056"), "parameter"));
        assertDoesNotThrow(() -> KNOWN.or("lastEventId"::equals).check(query("lastEventId=x"), "parameter"));
    }
}
