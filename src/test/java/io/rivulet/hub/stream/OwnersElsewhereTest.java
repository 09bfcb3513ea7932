package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.Refused;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which node a name of a stream leads to. The test owns the time. */
class OwnersElsewhereTest {

    private static final int SELF = 7;
    private static final int OTHER = 9;

    private final Map<Integer, String> others = new TreeMap<>(Map.of(OTHER, "other"));
    private int self = SELF;
    private long nowNs = Long.MAX_VALUE;
    private final Nodes nodes = new Nodes() {
        @Override
        public void join(String kind, Part part) {
            throw new AssertionError("nobody joins");
        }

        @Override
        public void tell(String kind, JsonObject note) {
            throw new AssertionError("nobody is asked");
        }

        @Override
        public Map<Integer, String> others() {
            return others;
        }

        @Override
        public int self() {
            return self;
        }

        @Override
        public String name() {
            return "self";
        }
    };
    private final StreamNames names = names(SELF);
    private final OwnersElsewhere owners = new OwnersElsewhere(null, names, nodes, null, null, () -> nowNs);

    private static StreamNames names(int run) {
        StreamNames names = new StreamNames();
        names.mark(run, new byte[16]);
        return names;
    }

    private static String nameOf(int run) {
        return names(run).next().text();
    }

    private void assertNotYet(String name) {
        assertEquals(Refused.Reason.NOT_OPEN, assertThrows(Refused.class, () -> owners.mayHave(name)).reason());
    }

    @Test
    void aNameLeadsToTheNodeThatHasMadeIt() {
        assertFalse(owners.mayHave(nameOf(SELF)));
        assertTrue(owners.mayHave(nameOf(OTHER)));
    }

    @Test
    void whatIsNoNameIsAskedForNowhere() {
        for (String none : new String[] {"nobody", "", "AAAAAAAAAAAAAAAAAAAAAB"}) {
            assertFalse(owners.mayHave(none));
        }
    }

    @Test
    void aNodeThatHasJustBegunDoesNotKnowYetWhoIsThere() {
        assertNotYet(nameOf(8));
        nowNs += TimeUnit.SECONDS.toNanos(10);
        assertFalse(owners.mayHave(nameOf(8)), "it is gone");
        assertFalse(owners.mayHave(new StreamNames().next().text()), "nobody has made that");
        owners.begun();
        assertNotYet(nameOf(8));
        self = 0;
        nowNs += TimeUnit.SECONDS.toNanos(10);
        assertNotYet(nameOf(8));
    }

    @Test
    void aNodeThatHasJustBegunAndIsNotKnownMayHaveIt() {
        nowNs += TimeUnit.SECONDS.toNanos(10);
        assertNotYet(nameOf(OTHER + 1));
        assertNotYet(nameOf(OTHER + 64));
        assertFalse(owners.mayHave(nameOf(OTHER + 65)));
        others.clear();
        assertNotYet(nameOf(SELF + 1));
        assertFalse(owners.mayHave(nameOf(SELF - 1)));
    }
}
