package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One hub is restarted while all clients listen, in each container: it ends each stream with its last words, refuses
 * connections while it is down, and has what they missed. A client that gives up is opened again after the last id that
 * it showed, as its user's code would.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedSubjects.class)
class RestartIT {

    private static final int BEFORE = 5;
    private static final int ALL = 30;
    /** Some clients double their patience with each attempt. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final List<Visitor> visitors = new ArrayList<>();
    private final List<InteropHub> hubs = new ArrayList<>();

    /** A client, and what became of it. */
    private static final class Visitor {
        private final Subject subject;
        private final Container container;
        private Session session;
        private Wish wish;
        private int revived;
        private Throwable fault;

        private Visitor(Subject subject, Container container) {
            this.subject = subject;
            this.container = container;
        }

        private interface Step {
            void take() throws Exception;
        }

        /** A client that fails is left alone, so that the others need not fail with it. */
        private void take(Step step) {
            if (fault == null) {
                try {
                    step.take();
                } catch (Exception | AssertionError e) {
                    fault = e;
                }
            }
        }

        private void start(Wish given) throws Exception {
            wish = given;
            session = new Session(subject); // skips those that this machine cannot run
            session.start(wish);
        }

        private void revive() throws Exception {
            if (session.gaveUp() > revived) {
                revived++;
                session.start(wish.after(session.lastId()));
            }
        }

        private boolean has(String data) {
            return fault != null || session.events().stream().anyMatch(e -> data.equals(e.data()));
        }

        @Override
        public String toString() {
            return subject + " " + container;
        }
    }

    @BeforeAll
    void restart(Subjects subjects) throws Exception {
        for (Container container : Container.wanted().toList()) {
            List<Visitor> here = subjects.all().stream().map(subject -> new Visitor(subject, container)).toList();
            visitors.addAll(here);
            InteropHub hub = new InteropHub(container, subjects.origin());
            hubs.add(hub);
            restart(hub, here);
            end(here);
        }
    }

    private static void restart(InteropHub hub, List<Visitor> visitors) throws Exception {
        String topic = InteropHub.topic();
        for (Visitor visitor : visitors) {
            visitor.take(() -> visitor.start(hub.wish(visitor.subject, Speech.V1, hub.port(), topic)));
        }
        visitors.forEach(v -> v.take(() -> v.session.awaitOpen(1)));
        publish(hub, topic, 1, BEFORE);
        visitors.forEach(v -> v.take(() -> v.session.awaitData(data(BEFORE))));
        hub.restart();
        publish(hub, topic, BEFORE + 1, ALL);
        try {
            Await.until("all have come back", LIMIT, () -> {
                visitors.forEach(v -> v.take(v::revive));
                return visitors.stream().allMatch(v -> v.has(data(ALL)));
            });
        } catch (AssertionError e) {
            // each says below what it has got
        }
    }

    private static void end(List<Visitor> visitors) {
        Session.endAll(visitors.stream().filter(v -> v.session != null).map(v -> (AutoCloseable) v.session).toList());
    }

    @AfterAll
    void end() {
        Session.endAll(List.copyOf(hubs));
    }

    Stream<Visitor> visitors() {
        return visitors.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("visitors")
    void showsEachEventOnceAndNothingElseOverARestart(Visitor visitor) throws Throwable {
        if (visitor.fault != null) {
            throw visitor.fault;
        }
        List<String> shown = visitor.session.events().stream()
            .filter(e -> !visitor.subject.does(Subject.Way.SHOWS_ENDS)
                || e.data() != null && !e.data().isEmpty()).map(Said::data)
            .toList();
        assertEquals(IntStream.rangeClosed(1, ALL).mapToObj(RestartIT::data).toList(), shown,
            () -> "errors: " + visitor.session.of("error"));
    }

    private static void publish(InteropHub hub, String topic, int from, int to) throws Exception {
        List<List<String>> forms = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            forms.add(List.of("topic", topic, "data", data(i)));
        }
        hub.publish(forms);
    }

    private static String data(int number) {
        return "event " + number;
    }
}
