package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.StreamParser.Dispatched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A source of a thousand topics with fifty updates a second each, in steps of a hundredth of a second of the test's own
 * time: what is promised to a client that takes far less of it is checked here.
 */
public final class Updates {

    public static final int TOPICS = 1_000;
    static final int STEP_MS = 10;
    private static final int PUBLISHED_PER_STEP = 500;
    private static final int QUIET_STEPS = 250;

    private final HubScene scene;
    private final SetClock clock;
    private final String prefix;
    private final Map<String, String> last = new HashMap<>();
    private boolean isPrivate;
    private int published;

    /** What the client reads in a step; returns how many events that were. */
    public interface Reader {
        int read(HubClient client);
    }

    public Updates(HubScene scene, SetClock clock, String prefix) {
        this.scene = scene;
        this.clock = clock;
        this.prefix = prefix;
    }

    public Updates privately() {
        isPrivate = true;
        return this;
    }

    /** A hundredth of a second passes, and half of the topics have news. */
    public void step() throws Exception {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < PUBLISHED_PER_STEP; i++) {
            String topic = prefix + published % TOPICS;
            String value = topic + " " + published++;
            events.add(Event.on(topic).data(value).markPrivate(isPrivate).build());
            last.put(topic, value);
        }
        scene.hub.publish(new Publication(events, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        clock.advanceMs(STEP_MS);
    }

    /** Runs for so many steps; the longest time in which a topic was not heard of, in milliseconds. */
    public int run(HubClient client, int steps, Reader reader) throws Exception {
        Map<String, Integer> heardMs = new HashMap<>();
        int worst = 0;
        int seen = client.received.size();
        for (int i = 0; i < steps; i++) {
            step();
            reader.read(client.settle());
            for (; seen < client.received.size(); seen++) {
                heardMs.put(topic(client.received.get(seen)), i * STEP_MS);
            }
            for (int t = 0; i % 10 == 9 && t < TOPICS; t++) {
                worst = Math.max(worst, i * STEP_MS - heardMs.getOrDefault(prefix + t, 0));
            }
        }
        return worst;
    }

    /** The same while the connection breaks every now and then, wherever it is. */
    public void runWithCuts(HubClient client, int steps, Random random, Reader reader) throws Exception {
        for (int done = 0; done < steps; ) {
            int n = Math.min(steps - done, 1 + random.nextInt(80));
            run(client, n, reader);
            done += n;
            client.read(random.nextInt(200));
            client.cut();
            if (random.nextBoolean()) {
                step(); // nobody is there
            }
            client.connect();
        }
    }

    /** The source has stopped: the client reads on until nothing comes any more. */
    public void readOn(HubClient client, Reader reader) {
        for (int quiet = 0; quiet < QUIET_STEPS; ) {
            clock.advanceMs(STEP_MS);
            quiet = reader.read(client.settle()) > 0 ? 0 : quiet + 1;
        }
    }

    /** An ascending part of what was published, with the last value of every topic, and no word of a loss. */
    public void verify(HubClient client, String about) {
        int before = -1;
        Map<String, String> got = new HashMap<>();
        for (Dispatched event : client.events()) {
            int number = Integer.parseInt(event.data().split(" ")[1]);
            assertTrue(number > before, event.data() + " came after " + before + ", " + about);
            before = number;
            got.put(topic(event), event.data());
        }
        List<String> wrong = last.entrySet().stream().filter(e -> !e.getValue().equals(got.get(e.getKey())))
            .map(e -> "not " + e.getValue() + " but " + got.get(e.getKey())).limit(5).toList();
        assertEquals(List.of(), wrong, about);
        assertEquals(List.of(), client.hubEvents("rivulet.gap"), about);
        for (Dispatched hello : client.hubEvents("rivulet.hello")) {
            assertTrue(hello.data().matches(".*\"resumed\":\"(live|exact)\".*"), about + ": " + hello);
            assertTrue(!hello.data().contains("\"transient\""), about + ": " + hello);
        }
    }

    private static String topic(Dispatched event) {
        return event.data().split(" ")[0];
    }
}
