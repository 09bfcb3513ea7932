package io.rivulet.interop;

import static io.rivulet.interop.Subject.Way.CUTS_IDS;
import static io.rivulet.interop.Subject.Way.DROPS_EMPTY_LINES;
import static io.rivulet.interop.Subject.Way.GLUES_DATA;
import static io.rivulet.interop.Subject.Way.HIDES_OPEN;
import static io.rivulet.interop.Subject.Way.HIDES_STATUS;
import static io.rivulet.interop.Subject.Way.IS_IMPATIENT;
import static io.rivulet.interop.Subject.Way.IS_REOPENED;
import static io.rivulet.interop.Subject.Way.JOINS_LINES;
import static io.rivulet.interop.Subject.Way.SHOWS_HALVES;
import static io.rivulet.interop.Subject.Way.SPEAKS_OLD;
import static io.rivulet.interop.Subject.Way.TAKES_ID_EARLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.CuttingProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every client gets from the hub, each with its own time limits and its own way to come back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedSubjects.class)
class RealClientsIT {

    /** Two heartbeats by default. */
    private static final Duration IDLE = Duration.ofSeconds(31);
    /** The quickest of some events is no later: a busy machine delays one or another, a client delays all. */
    private static final long LATE_MS = 200;
    /** So many more are published on a machine that is too busy for the first ones. */
    private static final int AGAIN = 60;
    private static final int BEFORE = 5;
    private static final int MISSED = 100;
    private static final int SECOND_CUT = BEFORE + 1 + MISSED / 2;
    private static final int ALL = BEFORE + 1 + MISSED;
    private static final int ID_LINE_MAX = 64;
    private static final String TEXT = "Grüße, 世界 🌍";

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Map<Container, InteropHub> hubs = new EnumMap<>(Container.class);
    private Subjects subjects;
    private InteropHub hub;

    @BeforeAll
    void start(Subjects given) {
        subjects = given;
        for (Container container : Container.values()) {
            hubs.put(container, new InteropHub(container, subjects.origin()));
        }
        hub = hubs.get(Container.JETTY);
        System.getLogger("interop").log(System.Logger.Level.INFO, "-Dseed=" + seed + " cuts in the same places");
    }

    @AfterAll
    void end() {
        Session.endAll(List.copyOf(hubs.values()));
    }

    Stream<Subject> subjects() {
        return subjects.all().stream();
    }

    Stream<Arguments> speeches() {
        return subjects.all().stream().flatMap(s -> Stream.of(Speech.values())
            .filter(speech -> speech == Speech.V1 || s.does(SPEAKS_OLD)).map(speech -> Arguments.of(s, speech)));
    }

    Stream<Arguments> speechesEverywhere() {
        return Stream.concat(speeches().map(s -> Arguments.of(s.get()[0], s.get()[1], Container.JETTY)),
            subjects().map(subject -> Arguments.of(subject, Speech.V1, Container.TOMCAT)));
    }

    /** A client that waits for the byte behind an event would show it with the next one, or with the heartbeat. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("speechesEverywhere")
    void showsEachEventBeforeAnyByteBehindIt(Subject subject, Speech speech, Container container) throws Exception {
        InteropHub from = hubs.get(container);
        String topic = InteropHub.topic();
        try (CuttingProxy proxy = new CuttingProxy(from.port());
             Session session = new Session(subject).start(from.wish(subject, speech, proxy.port(), topic))) {
            session.awaitOpen(1);
            String lines = subject.does(JOINS_LINES) ? "onetwofour"
                : subject.does(DROPS_EMPTY_LINES) ? "one\ntwo\nfour" : "one\ntwo\n\nfour";
            Live live = new Live(from, proxy, session, new ArrayList<>());
            List<Said> expected = List.of(
                live.shows("text", "topic", topic, "data", "text"),
                live.shows(lines, "topic", topic, "data", "one\ntwo\r\n\nfour"),
                live.shows("3: " + TEXT, "topic", topic, "data", "3: " + TEXT),
                live.shows("{\"a\": 1}", "topic", topic, "data", "{\"a\": 1}", "type", "price"),
                live.shows("own", "topic", topic, "data", "own", "id", "urn:example:order:17"),
                live.shows("last", "topic", topic, "data", "last"));
            assertEquals(expected, session.events());
            assertEquals("urn:example:order:17", expected.get(4).id());
            for (int n = 1; n <= AGAIN && Collections.min(live.tookMs()) > LATE_MS; n++) {
                live.shows("again " + n, "topic", topic, "data", "again " + n);
            }
            assertTrue(Collections.min(live.tookMs()) <= LATE_MS, "ms from publish to each event: " + live.tookMs());
        }
    }

    /** Events one after the other, and how many milliseconds passed from each one's publish until it was shown. */
    private record Live(InteropHub hub, CuttingProxy proxy, Session session, List<Long> tookMs) {

        /** Publishes this, and waits until it is shown as these data, of which the first line begins in ASCII. */
        Said shows(String shown, String... form) throws Exception {
            if (!session.subject().does(IS_IMPATIENT)) { // it would give up while nothing comes
                proxy.holdBehind("data: " + shown.lines().findFirst().orElseThrow().substring(0, 3));
            }
            long fromNs = System.nanoTime();
            String id = hub.publish(form);
            session.awaitData(shown);
            tookMs.add((System.nanoTime() - fromNs) / 1_000_000);
            proxy.goOn();
            return Said.event(id, form.length > 4 && form[4].equals("type") ? form[5] : null, shown);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void losesAndDoublesNothingWhenItIsCutInsideEvents(Subject subject, Speech speech) throws Exception {
        String topic = InteropHub.topic();
        Random random = new Random(seed ^ (subject.name() + speech).hashCode());
        try (CuttingProxy proxy = new CuttingProxy(hub.port()); Session session = new Session(subject)) {
            Wish wish = hub.wish(subject, speech, proxy.port(), topic);
            session.start(wish).awaitOpen(1);
            publish(topic, 1, BEFORE);
            session.awaitData(data(BEFORE));
            proxy.cutIn("event " + (BEFORE + 1) + ".", somewhere(subject, random));
            publish(topic, BEFORE + 1, BEFORE + 1);
            proxy.awaitCut(Session.LIMIT);
            publish(topic, BEFORE + 2, ALL);
            proxy.cutIn("event " + SECOND_CUT + ".", insideTheId(subject, random));
            proxy.open();
            comeBack(subject, session, wish, 1);
            proxy.awaitCut(Session.LIMIT);
            proxy.open();
            comeBack(subject, session, wish, 2);
            session.awaitData(data(ALL));
            List<String> shown = whole(subject, session.events()).stream().map(e -> unglued(subject, e.data()))
                .toList();
            assertEquals(IntStream.rangeClosed(1, ALL).mapToObj(RealClientsIT::data).toList(), shown);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void getsTheNextEventOnTheSameConnectionAfterHalfAMinuteOfSilence(Subject subject) throws Exception {
        String topic = InteropHub.topic();
        Wish wish = hub.wish(subject, Speech.V1, hub.port(), topic);
        try (Session session = new Session(subject).start(wish)) {
            session.awaitOpen(1);
            hub.publish("topic", topic, "data", "before");
            session.awaitData("before");
            Await.pass(IDLE);
            hub.publish("topic", topic, "data", "after");
            session.awaitData("after");
            assertEquals(List.of("before", "after"), session.events().stream().map(Said::data).toList());
            if (subject.does(IS_IMPATIENT)) {
                return; // where the machine stops for its few seconds it has come back, and missed nothing
            }
            assertEquals(List.of(), session.of("error"));
            assertEquals(subject.does(HIDES_OPEN) ? 0 : 1, session.of("open").size(), "connections");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("speeches")
    void isRefusedWithAWrongTokenAndReadsPrivateUpdatesWithTheRightOne(Subject subject, Speech speech)
        throws Exception {
        String topic = InteropHub.topic();
        Wish wish = hub.wish(subject, speech, hub.port(), topic);
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
        Wish wish = hub.wish(subject, speech, hub.port(), topic).after(id);
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
            session.start(hub.wish(subject, Speech.V1, proxy.port(), topic)).awaitOpen(1);
            publish(topic, 1, 1);
            session.awaitData(data(1));
            proxy.cutIn("event 2.", length -> length - 1);
            publish(topic, 2, 2);
            proxy.awaitCut(Session.LIMIT);
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
        return subject.does(CUTS_IDS) ? insideTheId(subject, random)
            : length -> 1 + random.nextInt(length - (subject.does(TAKES_ID_EARLY) ? 2 : 1));
    }

    /** The last bytes of an event are its id and two line feeds: where a client can do most that is wrong. */
    private static IntUnaryOperator insideTheId(Subject subject, Random random) {
        int spared = subject.does(CUTS_IDS) ? ID_LINE_MAX : subject.does(TAKES_ID_EARLY) ? 2 : 1;
        return length -> length - spared - random.nextInt(20);
    }

    private static void comeBack(Subject subject, Session session, Wish wish, int times) throws Exception {
        if (subject.does(IS_REOPENED)) {
            session.awaitClosed(times);
            session.start(wish.after(session.lastId()));
        }
    }

    /** The events without the halves that came before a cut: the id comes last, so they have none or the one before. */
    private static List<Said> whole(Subject subject, List<Said> events) {
        return IntStream.range(0, events.size()).filter(i -> !subject.does(SHOWS_HALVES)
            || events.get(i).id() != null && !events.get(i).id().isEmpty()
            && (i == 0 || !events.get(i).id().equals(events.get(i - 1).id()))).mapToObj(events::get).toList();
    }

    private static String unglued(Subject subject, String data) {
        String[] lines = data.split("\n");
        return subject.does(GLUES_DATA) && lines.length == 2 && lines[0].equals(lines[1]) ? lines[0] : data;
    }
}
