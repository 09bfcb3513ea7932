package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One GET whose patterns take seconds of a shard: live events and publishers go first. The order of things judges, not
 * the time: a live event that is published while the shard works must come before the work is done.
 */
@OnEveryContainer
class CostlyPatternsIT {

    private static final int EVENTS = 1_000;
    private static final int PATTERNS = 30;
    /** More than shards, so that each shard has one that is live. */
    private static final int LIVE = 2 * Runtime.getRuntime().availableProcessors();
    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder
        .set("patterns.max", "1000000")); // at its default one address has less than that

    private final Server server = SHARED.server();
    private final Publisher publisher = SHARED.publisher();

    CostlyPatternsIT(Container container) {
    }

    @Test
    void liveEventsPassAReplayThatTakesSecondsOfItsShardAndTheReplayComesToItsEnd() throws IOException {
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            batch.append(i == 0 ? "[" : ",").append("{\"topic\":\"order/").append(i).append("\",\"data\":\"x\"}");
        }
        Publisher.accepted(publisher.post("", "application/json", batch.append(']').toString()));
        publisher.publish("order/last", "the end");
        List<EventStream> live = new ArrayList<>();
        try {
            for (int i = 0; i < LIVE; i++) {
                live.add(EventStream.to(server).topic("live").open());
                live.get(i).awaitHello();
            }
            StreamRequest costly = EventStream.to(server).topic("order/last").since("earliest");
            for (int i = 0; i < PATTERNS; i++) {
                costly.query("match_urlpattern", "/:a((?:.?){" + (300 - i) + "}!)");
            }
            try (EventStream stream = costly.open()) {
                stream.awaitHello();
                for (int n = 1; n <= 3; n++) {
                    publisher.publish("live", "now " + n);
                    for (EventStream each : live) {
                        int events = n;
                        Await.until("live event " + n, () -> each.events().size() == events);
                    }
                    assertEquals(0, stream.events().size(), "the replay was done before live event " + n);
                }
                // seconds of work, which rests while others want the processor: on a busy machine that is a minute
                Await.until("the replay comes to its end", Duration.ofMinutes(2), () -> !stream.events().isEmpty());
                assertEquals("the end", stream.awaitEvent().data());
            }
        } finally {
            live.forEach(EventStream::close);
        }
    }
}
