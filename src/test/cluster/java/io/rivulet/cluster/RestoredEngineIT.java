package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A real engine whose disk is replaced by an older copy of it while nodes follow. */
@ParameterizedClass(name = "{0}")
@EnumSource
class RestoredEngineIT {

    /** It is started again meanwhile. */
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);

    @TempDir
    private Path folder;
    private final Engines engine;
    private final List<AutoCloseable> open = new ArrayList<>();
    private EngineServer server;

    RestoredEngineIT(Engines engine) {
        this.engine = engine;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    private HubNode node(String name) {
        return opened(new HubNode(folder.resolve(name), () -> server.open("restored"), log -> log));
    }

    private static void awaitPublishing(HubNode... nodes) {
        for (HubNode node : nodes) {
            Await.until("publishing works", LIMIT, () -> node.hub.publishTrouble() == null);
        }
    }

    @Test
    void anEngineThatIsRestoredFromAnOlderCopyIsToldToThoseWhoHadMore() throws Exception {
        server = opened(engine.start());
        HubNode one = node("one");
        HubNode two = node("two");
        String kept = one.publish("news", "kept");
        Await.until("both have it", () -> two.log.range().head() == 1);
        server.copyTo("older");
        HubClient there = HubScene.awaitHello(two.client("news").connectAfter(kept), 1);
        List<String> lost = List.of(one.publishOnce("news", "lost 1"), two.publishOnce("news", "lost 2"));
        HubScene.awaitEvents(there, 2);
        server.kill(); // so the copy is older by a start, too
        server.restart();
        awaitPublishing(one, two);
        assertEquals("1 1", one.openings + " " + two.openings, "a start costs no stream");
        server.replaceBy("older");
        Await.until("both have opened it anew", LIMIT, () -> one.openings == 2 && two.openings == 2);
        HubScene.awaitEnd(there);
        awaitPublishing(one, two);
        List<String> ids = List.of(two.publishOnce("news", "other 1"),
            one.publishOnce("news", "other 2"), two.publishOnce("news", "other 3"));
        for (HubNode node : List.of(one, two)) {
            for (String id : lost) {
                assertFalse(ids.contains(id), "another event has another id");
                assertEquals("reset", HubScene.awaitHello(node.client("news").connectAfter(id), 1).told("resumed"));
            }
            HubClient well = HubScene.awaitEvents(node.client("news").connectAfter(kept), 3);
            assertEquals("exact", well.told("resumed"));
            assertEquals(List.of("other 1", "other 2", "other 3"), HubNode.data(well));
        }
    }
}
