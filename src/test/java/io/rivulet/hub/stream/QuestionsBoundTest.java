package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How much may wait for other nodes, none of which answers here; and for the log. */
class QuestionsBoundTest {

    private static final Nodes SILENT = new Nodes() {
        @Override
        public void join(String kind, Part part) {
            throw new AssertionError("nobody joins");
        }

        @Override
        public void tell(String kind, JsonObject note) {
            // nobody hears it
        }

        @Override
        public Map<Integer, String> others() {
            return Map.of(9, "other");
        }

        @Override
        public int self() {
            return 7;
        }

        @Override
        public String name() {
            return "self";
        }
    };

    private static void assertFull(Runnable one) {
        assertEquals(Refused.Reason.OVERLOADED, assertThrows(Refused.class, one::run).reason());
    }

    @Test
    void aThousandQuestionsOfAKindMayWaitForAnAnswer() {
        NodeQuestions questions = new NodeQuestions("kind", SILENT, (ms, task) -> { },
            asked -> CompletableFuture.completedFuture(asked));
        for (int i = 0; i < 1_000; i++) {
            questions.ask(new JsonObject());
        }
        assertFull(() -> questions.ask(new JsonObject()));
    }

    @Test
    void aQuestionIsOverAfterThreeSecondsAndMakesRoomForAnother() {
        List<Runnable> due = new ArrayList<>();
        NodeQuestions questions = new NodeQuestions("kind", SILENT, (ms, task) -> {
            assertEquals(3_000, ms);
            due.add(task);
        }, asked -> CompletableFuture.completedFuture(asked));
        CompletableFuture<NodeQuestions.Heard> first = questions.ask(new JsonObject());
        for (int i = 1; i < 1_000; i++) {
            questions.ask(new JsonObject());
        }
        assertFull(() -> questions.ask(new JsonObject()));
        due.get(0).run();
        assertEquals(List.of("other"), first.getNow(null).silent());
        questions.ask(new JsonObject());
        assertFull(() -> questions.ask(new JsonObject()));
    }

    @Test
    void aThousandRequestsMayWaitForFourQuestionsAboutListeners() {
        ListenersElsewhere listeners = new ListenersElsewhere(topic -> 0, SILENT, (ms, task) -> { });
        for (int i = 0; i < 1_004; i++) {
            listeners.count(List.of("t" + i));
        }
        assertFull(() -> listeners.count(List.of("one more")));
    }

    @Test
    void whatStandsInTheReadersFollowsFromTheHeap() {
        ReaderLimits limits = ReaderLimits.ofHeap();
        assertEquals(2, limits.turns());
        assertTrue(limits.places() >= 4 && limits.places() <= 16, limits.toString());
        assertEquals(limits.places() / 2, limits.callerMax());
        assertEquals(2 * limits.places() + 2, limits.threads());
        assertEquals(16L * LogWork.SLICE, limits.shortSteps());
    }
}
