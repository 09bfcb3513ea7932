package io.rivulet.http.publish;

import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/**
 * How a publisher numbers its events: the headers {@code Producer-Id}, {@code Producer-Epoch} and {@code Producer-Seq},
 * all three or none. {@link PublishHandler} and {@link LinePublishes} use it. Pure.
 */
final class ProducerHeaders {

    private static final String ID = "Producer-Id";
    private static final String EPOCH = "Producer-Epoch";
    private static final String SEQ = "Producer-Seq";
    private static final int DIGITS_MAX = 16;

    private ProducerHeaders() {
    }

    /**
     * The numbers of a request, or null without any.
     *
     * @param key     the request's idempotency key, or null: there may be no other way to know it again
     * @param inLines whether it sends line after line
     * @throws Refused when one is missing, repeated or out of its bounds
     */
    static ProducerSeq of(HttpServletRequest request, String key, boolean inLines, int idBytesMax) {
        String id = one(request, ID);
        String epoch = one(request, EPOCH);
        String seq = one(request, SEQ);
        if (id == null && epoch == null && seq == null) {
            return null;
        }
        if (id == null || epoch == null || seq == null) {
            throw Refused.malformed("the header " + (id == null ? ID : epoch == null ? EPOCH : SEQ) + " is missing; "
                + ID + ", " + EPOCH + " and " + SEQ + " stand together");
        }
        if (key != null) {
            throw Refused.malformed("the request has an Idempotency-Key and a " + ID + "; an event is known again by "
                + "one of them");
        }
        return new ProducerSeq(IdempotencyKey.checked("the header " + ID, id, idBytesMax), number(EPOCH, epoch),
            number(SEQ, seq), inLines);
    }

    private static String one(HttpServletRequest request, String name) {
        if (request.getHeader(name) == null) {
            return null; // as nearly always
        }
        List<String> values = Collections.list(request.getHeaders(name));
        if (values.size() > 1) {
            throw Refused.malformed("the header " + name + " is given " + values.size() + " times");
        }
        return values.get(0).strip();
    }

    private static long number(String name, String text) {
        if (!text.matches("[0-9]+")) {
            throw Refused.malformed("the header " + name + " is \"" + Printable.of(text) + "\"; it must be digits");
        }
        String digits = text.replaceFirst("^0+(?=.)", "");
        long number = digits.length() > DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(digits);
        if (number > ProducerSeq.MAX) {
            throw Refused.malformed("the header " + name + " is " + Printable.of(text) + "; at most "
                + ProducerSeq.MAX + " is allowed");
        }
        return number;
    }
}
