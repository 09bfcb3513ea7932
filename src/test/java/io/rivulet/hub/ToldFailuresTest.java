package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.log.LogCorrupt;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers may be anybody: whatever fails in the log's files, none is told where these lie. */
class ToldFailuresTest {

    @TempDir
    private Path folder;
    private FailingLog log;

    @Test
    void noPublisherIsToldWhereTheFilesLieWhateverItsPublishNeedsOfThem() throws Exception {
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, inner -> log = new FailingLog(inner))) {
            scene.publish("news", "1");
            Event event = Event.on("news").data("2").build();
            for (IOException failure : List.of(new NoSuchFileException(folder.resolve("1.idx").toString()),
                new LogCorrupt(folder.resolve("1.log") + " is damaged at offset 7"))) {
                log.failsWith = failure;
                for (Publication one : List.of(Publication.of(event), new Publication(List.of(event), Grant.DEV, "key"),
                    new Publication(List.of(event), Grant.DEV, null, new ProducerSeq("p", 0, 1, false)))) {
                    ExecutionException e = assertThrows(ExecutionException.class,
                        () -> scene.hub.publish(one).get(20, TimeUnit.SECONDS));
                    Refused refused = (Refused) e.getCause();
                    assertEquals(Refused.Reason.STORE_FAILED, refused.reason());
                    assertTrue(refused.getMessage().contains("the hub's log tells which"), refused.getMessage());
                    assertFalse(refused.getMessage().contains(folder.toString()), refused.getMessage());
                }
            }
            log.failsWith = null;
            scene.publish("news", "3");
        }
    }
}
