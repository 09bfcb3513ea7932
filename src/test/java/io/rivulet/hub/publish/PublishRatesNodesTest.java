package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Nodes;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The rate of a subject over several nodes, which hear each other at once. The test owns the time. */
class PublishRatesNodesTest {

    private static final int RATE = 1_200;
    private static final long TICK_NS = 1_000_000;
    private static final Grant ANN = Grant.of("https://issuer", "ann", GrantedTopics.ALL, GrantedTopics.ALL, false);

    private final List<Node> nodes = new ArrayList<>();
    private long nowNs = Long.MAX_VALUE - 1_000_000_000;
    private int told;
    private JsonObject lastTold;

    /** A node with its rates; somebody publishes there as fast as it is let, at most so many events a second. */
    private final class Node implements Nodes {
        private final PublishRates rates = new PublishRates(Settings.with("publish.rate", "" + RATE, "publish.burst",
            "100"), () -> nowNs, new Metrics());
        private Part part;
        private Runnable beat;
        private int published;
        private double wish;

        Node() {
            nodes.add(this);
            rates.share(this, task -> beat = task);
        }

        void publish(int perSecond) {
            for (wish += perSecond * TICK_NS / 1e9; wish >= 1; wish--) {
                try {
                    rates.take(ANN, 1);
                    published++;
                } catch (Refused e) {
                    assertEquals(Refused.Reason.RATE_LIMITED, e.reason());
                }
            }
        }

        @Override
        public void join(String kind, Part some) {
            part = some;
        }

        @Override
        public void tell(String kind, JsonObject note) {
            told++;
            lastTold = note;
            nodes.stream().filter(node -> node != this).forEach(node -> node.part.told(self(),
                JsonParser.parseString(note.toString()).getAsJsonObject()));
        }

        @Override
        public Map<Integer, String> others() {
            Map<Integer, String> others = new TreeMap<>();
            nodes.stream().filter(node -> node != this).forEach(node -> others.put(node.self(), node.name()));
            return others;
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

    /** So many seconds pass; what each node has taken of Ann's events in the last three of them, for each second. */
    private List<Integer> play(int seconds, int... perSecond) {
        for (int s = 0; s < seconds; s += 3) {
            nodes.forEach(node -> node.published = 0);
            for (int tick = 0; tick < 3_000; tick++) {
                nowNs += TICK_NS;
                for (int i = 0; i < perSecond.length; i++) {
                    nodes.get(i).publish(perSecond[i]);
                }
            }
            nodes.forEach(node -> node.beat.run());
        }
        return nodes.stream().map(node -> node.published / 3).toList();
    }

    private void nodes(int count) {
        for (int i = 0; i < count; i++) {
            new Node();
        }
        nodes.forEach(node -> node.beat.run());
    }

    private static void assertAbout(int expected, int is) {
        assertTrue(Math.abs(is - expected) <= expected / 10, is + " is not about " + expected);
    }

    @Test
    void whoPublishesAtAllNodesAsFastAsItMayHasItsRateOfAllTogether() {
        nodes(3);
        assertEquals(3, play(3, 5_000, 5_000, 5_000).stream().filter(rate -> rate >= RATE).count(), "at first at each");
        List<Integer> rates = play(9, 5_000, 5_000, 5_000);
        rates.forEach(rate -> assertAbout(RATE / 3, rate));
        assertTrue(assertThrows(Refused.class, () -> {
            for (int i = 0; i < 200; i++) {
                nodes.get(0).rates.take(ANN, 1);
            }
        }).getMessage().contains(RATE + " events a second at all nodes together (rivulet.publish.rate)"));
    }

    @Test
    void whatOneNodeLeavesIsTheOthersAndOneThatIsAskedLittleCountsForNothing() {
        nodes(3);
        List<Integer> rates = play(12, 300, 5_000, 50);
        assertAbout(300, rates.get(0));
        assertAbout(900, rates.get(1));
        assertAbout(50, rates.get(2));
        rates = play(9, 0, 5_000, 0);
        assertAbout(RATE, rates.get(1));
    }

    @Test
    void aNodeThatIsGoneSpendsNothing() {
        nodes(2);
        play(9, 5_000, 5_000);
        assertAbout(RATE / 2, play(3, 5_000, 0).get(0));
        nodes.get(0).part.gone(1);
        assertAbout(RATE, play(3, 5_000, 0).get(0));
    }

    @Test
    void whoPublishesLittleIsToldToNobody() {
        nodes(3);
        assertEquals(List.of(90, 90, 90), play(9, 90, 90, 90));
        assertEquals(0, told);
        play(3, 5_000, 90, 90);
        assertEquals(1, told);
        play(9, 90, 90, 90);
        assertEquals(2, told, "and once that it does no more");
    }

    /** A thousand names are some ten kilobytes, which each other node keeps. */
    @Test
    void ofThoseWhoPublishTheBusiestThousandAreTold() {
        nodes(2);
        nowNs += TICK_NS;
        for (int i = 0; i < 1_050; i++) {
            Grant one = Grant.of("https://issuer", "subject " + i, GrantedTopics.ALL, GrantedTopics.ALL, false);
            nodes.get(0).rates.take(one, i < 50 ? 50 : 100);
        }
        nodes.get(0).beat.run();
        String names = lastTold.toString();
        assertEquals(1_000, names.split("\"subject ", -1).length - 1);
        assertTrue(names.contains("\"subject 50\"") && !names.contains("\"subject 49\""), "the busiest are");
    }
}
