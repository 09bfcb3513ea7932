package io.rivulet.interop;

import static io.rivulet.interop.Subject.Way.DROPS_EMPTY_LINES;
import static io.rivulet.interop.Subject.Way.GLUES_DATA;
import static io.rivulet.interop.Subject.Way.HIDES_STATUS;
import static io.rivulet.interop.Subject.Way.IS_REOPENED;
import static io.rivulet.interop.Subject.Way.SHOWS_HALVES;
import static io.rivulet.interop.Subject.Way.SPEAKS_OLD;
import static io.rivulet.interop.Subject.Way.TAKES_ID_EARLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.CuttingProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every client gets from the hub, each with its own time limits and its own way to come back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class RealClientsIT {

    private static final Duration IDLE = Duration.ofSeconds(12);
    private static final int BEFORE = 5;
    private static final int MISSED = 100;
    private static final int SECOND_CUT = BEFORE + 1 + MISSED / 2;
    private static final int ALL = BEFORE + 1 + MISSED;
    private static final String TEXT = "Grüße, 世界 🌍";

    private final long seed = Long.getLong("seed", System.nanoTime());
    private Subjects subjects;
    private InteropHub hub;

    @BeforeAll
    void start() throws Exception {
        subjects = new Subjects();
        hub = new InteropHub(subjects.origin());
        System.getLogger("interop").log(System.Logger.Level.INFO, "-Dseed=" + seed + " cuts in the same places");
    }

    @AfterAll
    void end() {
        try {
            subjects.close();
        } finally {
            hub.close();
        }
    }

    Stream<Subject> subjects() {
        return subjects.all().stream();
    }

    Stream<Arguments> speeches() {
        return subjects.all().stream().flatMap(s -> Stream.of(Speech.values())
            .filter(speech -> speech == Speech.V1 || s.does(SPEAKS_OLD)).map(speech -> Arguments.of(s, speech)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void receivesWhatIsPublished(Subject subject, Speech speech) throws Exception {
        String topic = InteropHub.topic();
        try (Session session = new Session(subject).start(InteropHub.wish(speech, hub.port(), topic))) {
            session.awaitOpen(1);
            String lines = subject.does(DROPS_EMPTY_LINES) ? "one\ntwo\nfour" : "one\ntwo\n\nfour";
            List<Said> expected = List.of(
                Said.event(hub.publish("topic", topic, "data", "text"), null, "text"),
                Said.event(hub.publish("topic", topic, "data", "one\ntwo\r\n\nfour"), null, lines),
                Said.event(hub.publish("topic", topic, "data", TEXT), null, TEXT),
                Said.event(hub.publish("topic", topic, "data", "{\"a\": 1}", "type", "price"), "price", "{\"a\": 1}"),
                Said.event(hub.publish("topic", topic, "data", "own", "id", "urn:example:order:17"), null, "own"),
                Said.event(hub.publish("topic", topic, "data", "last"), null, "last"));
            session.awaitData("last");
            assertEquals(expected, session.events());
            assertEquals("urn:example:order:17", expected.get(4).id());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void losesAndDoublesNothingWhenItIsCutInsideEvents(Subject subject, Speech speech) throws Exception {
        String topic = InteropHub.topic();
        Random random = new Random(seed ^ (subject.name() + speech).hashCode());
        try (CuttingProxy proxy = new CuttingProxy(hub.port()); Session session = new Session(subject)) {
            Wish wish = InteropHub.wish(speech, proxy.port(), topic);
            session.start(wish).awaitOpen(1);
            publish(topic, 1, BEFORE);
            session.awaitData(data(BEFORE));
            proxy.cutIn("event " + (BEFORE + 1) + ".", somewhere(subject, random));
            publish(topic, BEFORE + 1, BEFORE + 1);
            proxy.awaitCut();
            publish(topic, BEFORE + 2, ALL);
            proxy.cutIn("event " + SECOND_CUT + ".", insideTheId(subject, random));
            proxy.open();
            comeBack(subject, session, wish, 1);
            proxy.awaitCut();
            proxy.open();
            comeBack(subject, session, wish, 2);
            session.awaitData(data(ALL));
            List<String> shown = session.events().stream().filter(e -> !isHalf(subject, e))
                .map(e -> unglued(subject, e.data())).toList();
            assertEquals(IntStream.rangeClosed(1, ALL).mapToObj(RealClientsIT::data).toList(), shown);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void getsTheNextEventOnTheSameConnectionAfterTwelveSilentSeconds(Subject subject) throws Exception {
        String topic = InteropHub.topic();
        try (Session session = new Session(subject).start(InteropHub.wish(Speech.V1, hub.port(), topic))) {
            session.awaitOpen(1);
            hub.publish("topic", topic, "data", "before");
            session.awaitData("before");
            Await.pass(IDLE);
            hub.publish("topic", topic, "data", "after");
            session.awaitData("after");
            assertEquals(List.of("before", "after"), session.events().stream().map(Said::data).toList());
            assertEquals(List.of(), session.of("error"));
            assertEquals(1, session.of("open").size(), "connections");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void isRefusedWithAWrongTokenAndReadsPrivateUpdatesWithTheRightOne(Subject subject, Speech speech)
        throws Exception {
        String topic = InteropHub.topic();
        Wish wish = InteropHub.wish(speech, hub.port(), topic);
        try (Session session = new Session(subject).start(wish.with(InteropHub.wrongToken(speech, topic)))) {
            Said refusal = session.awaitError(1);
            assertEquals(subject.does(HIDES_STATUS) ? 0 : 401, refusal.status(), refusal.text());
            assertEquals(List.of(), session.of("open"));
        }
        try (Session session = new Session(subject).start(wish.with(InteropHub.token(speech, topic)))) {
            session.awaitOpen(1);
            hub.publish("topic", topic, "data", "private", "private", "on");
            session.awaitData("private");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void goesOnAfterAnIdItIsGiven(Subject subject, Speech speech) throws Exception {
        String topic = InteropHub.topic();
        hub.publish("topic", topic, "data", "known");
        String id = hub.publish("topic", topic, "data", "known, too");
        hub.publish("topic", topic, "data", "missed");
        Wish wish = InteropHub.wish(speech, hub.port(), topic).after(id);
        try (Session session = new Session(subject).start(wish)) {
            session.awaitData("missed");
            assertEquals(List.of("missed"), session.events().stream().map(Said::data).toList());
        }
    }

    /** Of the whole event only its last line feed is missing: enough for these to ask for what comes after it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("earlyTakers")
    void losesAnEventWhoseIdItTookBeforeItWasWhole(Subject subject) throws Exception {
        String topic = InteropHub.topic();
        try (CuttingProxy proxy = new CuttingProxy(hub.port()); Session session = new Session(subject)) {
            session.start(InteropHub.wish(Speech.V1, proxy.port(), topic)).awaitOpen(1);
            publish(topic, 1, 1);
            session.awaitData(data(1));
            proxy.cutIn("event 2.", length -> length - 1);
            publish(topic, 2, 2);
            proxy.awaitCut();
            publish(topic, 3, 4);
            proxy.open();
            session.awaitData(data(4));
            List<String> shown = session.events().stream().map(Said::data).toList();
            assertTrue(!shown.contains(data(2)) && shown.size() == 3, shown.toString());
        }
    }

    Stream<Subject> earlyTakers() {
        return subjects().filter(s -> s.does(TAKES_ID_EARLY));
    }

    private void publish(String topic, int from, int to) throws Exception {
        List<List<String>> forms = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            forms.add(List.of("topic", topic, "data", data(i)));
        }
        hub.publish(forms);
    }

    /** Of letters that take one byte to four, so that a cut may be inside of one; the dot ends the number. */
    private static String data(int number) {
        return "event " + number + ". of many, " + TEXT;
    }

    /** For an event of so many bytes, how many get through: at least one, and not all. */
    private static IntUnaryOperator somewhere(Subject subject, Random random) {
        return length -> 1 + random.nextInt(length - (subject.does(TAKES_ID_EARLY) ? 2 : 1));
    }

    /** The last bytes of an event are its id and two line feeds: where a client can do most that is wrong. */
    private static IntUnaryOperator insideTheId(Subject subject, Random random) {
        return length -> length - (subject.does(TAKES_ID_EARLY) ? 2 : 1) - random.nextInt(20);
    }

    private static void comeBack(Subject subject, Session session, Wish wish, int times) throws Exception {
        if (subject.does(IS_REOPENED)) {
            session.awaitClosed(times);
            session.start(wish.after(session.lastId()));
        }
    }

    private static boolean isHalf(Subject subject, Said event) {
        return subject.does(SHOWS_HALVES) && (event.id() == null || event.id().isEmpty());
    }

    private static String unglued(Subject subject, String data) {
        String[] lines = data.split("\n");
        return subject.does(GLUES_DATA) && lines.length == 2 && lines[0].equals(lines[1]) ? lines[0] : data;
    }
}
