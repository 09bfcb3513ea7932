package io.rivulet.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.rivulet.refusal.Refused.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The one way to say no. */
class RefusedTest {

    @Test
    void aRefusalHasAReasonASentenceAndMaybeACause() {
        IOException cause = new IOException("disk");
        Refused refused = Refused.because(Reason.STORE_FAILED, "the disk failed", cause);
        assertEquals(Reason.STORE_FAILED, refused.reason());
        assertEquals("the disk failed", refused.getMessage());
        assertSame(cause, refused.getCause());
        assertEquals(Reason.MALFORMED, Refused.malformed("x").reason());
    }

    @Test
    void oneThatIsOverSoonSaysWhen() {
        assertEquals(7, Refused.comeBack(Reason.RATE_LIMITED, "x", 7).retryAfterS());
        assertEquals(1, Refused.comeBack(Reason.RATE_LIMITED, "x", 0).retryAfterS());
        assertEquals(0, Refused.malformed("x").retryAfterS());
    }

    @Test
    void hostileInputCostsNoStackTrace() {
        assertEquals(0, Refused.malformed("x").getStackTrace().length);
    }
}
