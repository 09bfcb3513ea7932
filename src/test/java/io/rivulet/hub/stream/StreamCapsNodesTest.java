package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.Nodes;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The cap of an address over several nodes, which hear each other at once. */
class StreamCapsNodesTest {

    private static final String ADDRESS = "192.0.2.1";

    private final List<Node> nodes = new ArrayList<>();
    private int told;

    /** A node with its caps. */
    private final class Node implements Nodes {
        private final Map<String, Part> parts = new HashMap<>();
        private final StreamCaps caps;

        Node(int addressMax) {
            caps = new StreamCaps(Settings.with("connections.address.max", "" + addressMax), new Metrics());
            nodes.add(this);
            caps.share(this);
        }

        Node opened(int streams) {
            for (int i = 0; i < streams; i++) {
                caps.enter(request());
            }
            return this;
        }

        Node ended(int streams) {
            for (int i = 0; i < streams; i++) {
                caps.leave(request());
            }
            return this;
        }

        void assertFull(int open) {
            Refused refused = assertThrows(Refused.class, () -> caps.enter(request()));
            assertEquals(Refused.Reason.TOO_MANY_STREAMS, refused.reason());
            assertEquals("the caller's address has " + open + " of at most ", refused.getMessage()
                .replaceFirst("(at most ).*", "$1"));
        }

        @Override
        public void join(String kind, Part part) {
            parts.put(kind, part);
        }

        @Override
        public void tell(String kind, JsonObject note) {
            told++;
            String text = note.toString();
            nodes.stream().filter(node -> node != this && node.parts.containsKey(kind)).forEach(node ->
                node.parts.get(kind).told(self(), JsonParser.parseString(text).getAsJsonObject()));
        }

        @Override
        public Map<Integer, String> others() {
            return new TreeMap<>();
        }

        @Override
        public int self() {
            return nodes.indexOf(this);
        }

        @Override
        public String name() {
            return "node " + self();
        }
    }

    private static SubscribeRequest request() {
        return new SubscribeRequest(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS, null, Since.LATEST,
            Duration.ofSeconds(15), false, HubScene.PLAIN, ADDRESS);
    }

    @Test
    void theCapOfAnAddressIsForItsStreamsAtAllNodes() {
        Node one = new Node(4).opened(2);
        Node two = new Node(4).opened(1);
        one.parts.get("addresses").all().forEachRemaining(note -> two.parts.get("addresses").told(0, note));
        two.opened(1).assertFull(4);
        one.assertFull(4);
        two.ended(1);
        one.opened(1).assertFull(4);
        two.assertFull(4);
        one.parts.get("addresses").gone(1);
        one.opened(1).assertFull(4);
    }

    @Test
    void aHandfulOfStreamsIsToldToNobody() {
        Node one = new Node(100);
        Node two = new Node(100);
        one.opened(8).ended(8).opened(8);
        two.opened(100).assertFull(100);
        assertEquals(10, told, "two has told each tenth");
        two.ended(100);
        assertEquals(20, told, "and down to none");
        two.opened(100).assertFull(100);
        one.assertFull(108);
        two.ended(91);
        one.opened(82).assertFull(100);
        two.opened(1).assertFull(100);
    }

    @Test
    void streamsThatComeAndGoAtAStepAreNotToldEachTime() {
        Node one = new Node(100);
        Node two = new Node(100);
        one.opened(10);
        for (int i = 0; i < 50; i++) {
            one.ended(9).opened(9);
        }
        assertEquals(1, told);
        two.opened(90).assertFull(100);
    }

    @Test
    void whoeverBeginsHearsOfThoseWhoHaveATenthAndOfEachTenthFromThereOn() {
        Node one = new Node(100).opened(17);
        Node two = new Node(100);
        one.parts.get("addresses").all().forEachRemaining(note -> two.parts.get("addresses").told(0, note));
        two.opened(83).assertFull(100);
        one.ended(9);
        two.assertFull(100);
        one.ended(1);
        two.opened(10).assertFull(100);
        one.ended(7);
        two.opened(7).assertFull(100);
    }
}
