package io.rivulet.http.mercure;

import io.rivulet.hub.presence.ActiveSubscription;
import io.rivulet.hub.presence.SubscriptionDocument;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.url.PercentEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * Which active subscriptions a path asks for. 1.0 has {@code /subscriptions}, {@code …/{type}/{match}} and
 * {@code …/{type}/{match}/{subscriber}} (ACT-06); 0.x has {@code …/{topic}} and {@code …/{topic}/{subscriber}}
 * (OLD-12). Of two segments it is 1.0 when the first is a type of matcher. Each variable is encoded once.
 *
 * @param legacy     whether it is of 0.x
 * @param type       the type of matcher, or null for any
 * @param text       the matcher's text, or null for any
 * @param subscriber of one subscription, or null for all
 */
record SubscriptionsPath(boolean legacy, String type, String text, String subscriber) {

    private static final Set<String> TYPES = Set.of("exact", "urlpattern", "uritemplate", "beginning");

    /**
     * Reads what stands after the hub's path, as it was sent.
     *
     * @param legacyOn whether 0.x is served
     * @param isLegacy whether this client is of 0.x; of the list of all, only this tells
     * @throws Refused when there is nothing at this path
     */
    static SubscriptionsPath read(String raw, boolean legacyOn, boolean isLegacy) {
        String below = raw.substring(SubscriptionDocument.FOLDER.length());
        if (!below.isEmpty() && below.charAt(0) != '/') {
            // "/subscriptions;exact/news", which containers take for "/subscriptions/news", is not what was granted
            throw nothing();
        }
        String[] parts = below.isEmpty() || below.equals("/") ? new String[0] : below.substring(1).split("/", -1);
        String[] plain = Arrays.stream(parts).map(SubscriptionsPath::decode).toArray(String[]::new);
        if (plain.length == 0) {
            return new SubscriptionsPath(legacyOn && isLegacy, null, null, null);
        }
        if (plain.length > 1 && TYPES.contains(plain[0])) {
            if (plain.length <= 3) {
                return new SubscriptionsPath(false, plain[0], plain[1], plain.length == 3 ? plain[2] : null);
            }
        } else if (legacyOn && plain.length <= 2) {
            return new SubscriptionsPath(true, null, plain[0], plain.length == 2 ? plain[1] : null);
        }
        throw nothing();
    }

    private static Refused nothing() {
        return Refused.because(Reason.NOT_FOUND, "there are no active subscriptions at this path; it ends in "
            + "subscriptions, or goes on with the type of a matcher, its text, and a subscriber");
    }

    /** Whether one subscription is asked for, not a list. */
    boolean isSingle() {
        return subscriber != null;
    }

    /** Whether this one is asked for. */
    boolean covers(ActiveSubscription one) {
        return (type == null || type.equals(one.type()))
            && (text == null || text.equals(one.text()))
            && (subscriber == null || subscriber.equals(one.subscriber()));
    }

    private static String decode(String segment) {
        byte[] plain = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int value = c != '%' ? c : PercentEncoding.octet(segment, i);
            if (value < 0 || value > 0xff) {
                throw Refused.malformed("the path is not percent-encoded as it must be");
            }
            i += c == '%' ? 2 : 0;
            plain[length++] = (byte) value;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(plain, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the path is no valid UTF-8");
        }
    }
}
