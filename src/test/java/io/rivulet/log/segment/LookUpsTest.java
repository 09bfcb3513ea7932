package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.MemoryEventLog;
import io.rivulet.log.SliceWork;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever is asked for by whomever: every look-up finds what a walk over all events would find. */
class LookUpsTest {

    private static final TopicSpace SPACE = TopicSpace.of("https://hub.example/.well-known/mercure");
    private static final List<String> TOPICS = List.of("https://hub.example/books/1", "https://hub.example/books/2",
        "https://hub.example/users/1", "https://hub.example/users/2", "news", "a", "b");
    private static final int SELECTIONS = 60;

    /** Slices of which each is used up at once: every pause lets others go first, and every read ends early. */
    private static final class Impatient extends LogWork {
        private final Runnable pause;
        private int slices;

        Impatient(Runnable pause) {
            this.pause = pause;
            cost(SLICE);
        }

        @Override
        protected void sliceEnds(long taken) {
            slices++;
            pause.run();
            cost(SLICE);
        }
    }

    private final TestClock clock = new TestClock();
    private LogWork work = LogWork.UNBOUNDED;
    private final Random random = new Random(11);
    private final List<LogEntry> all = new ArrayList<>();

    private static TendedLog open(MemoryDisk disk, LogOptions options, TestClock clock) throws IOException {
        return TendedLog.open(Path.of("data"), options, disk, clock, clock::nanos, new Metrics());
    }

    /** Segments of so many events, history of so many. */
    private static LogOptions options(long segmentEvents, long retain) {
        LogOptions of = Scenario.small("never");
        return new LogOptions(of.sync(), 100, 1 << 24, of.retainMs(), retain, 1 << 24, of.segmentMs(), segmentEvents,
            1 << 20, of.indexBytes());
    }

    private <T> T oneOf(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private void append(EventLog log, int n) throws IOException {
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Event.Builder event = Event.on(oneOf(TOPICS)).data("x".repeat(random.nextInt(50)))
                .markPrivate(random.nextInt(3) > 0).id(random.nextBoolean() ? null : "id " + random.nextInt(9));
            for (int more = random.nextInt(6); more > 3; more--) {
                event.topic(oneOf(TOPICS));
            }
            group.add(new LogRecord(event.build(), null));
        }
        all.addAll(log.append(group));
    }

    private List<TopicMatcher> matchers() {
        List<TopicMatcher> some = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            some.add(switch (random.nextInt(5)) {
                case 0 -> SPACE.selector("https://hub.example/books/{id}");
                case 1 -> SPACE.urlPattern("/users/:id");
                case 2 -> SPACE.urlPattern("https://elsewhere.example/*");
                default -> SPACE.exact(oneOf(TOPICS));
            });
        }
        return some;
    }

    private View view() {
        TopicSelection topics = random.nextInt(4) == 0 ? TopicSelection.ofTopics(List.of("*"))
            : TopicSelection.of(matchers());
        GrantedTopics grants = switch (random.nextInt(4)) {
            case 0 -> GrantedTopics.NONE;
            case 1 -> GrantedTopics.ALL;
            default -> GrantedTopics.of(matchers());
        };
        return new View(topics, grants);
    }

    @Test
    void aLogInMemoryFindsWhatAWalkFinds() throws IOException {
        MemoryEventLog log = new MemoryEventLog(clock);
        for (int i = 0; i < 40; i++) {
            append(log, 1 + random.nextInt(4));
        }
        log.trimTo(20);
        compare(log);
    }

    @Test
    void segmentsFindWhatAWalkFindsWhetherTheyGrowAreSealedOrTrimmed() throws IOException {
        for (int segmentEvents : new int[] {7, 100, 10_000}) {
            all.clear();
            MemoryDisk disk = new MemoryDisk(1);
            LogOptions options = options(segmentEvents, 400);
            TendedLog log = open(disk, options, clock);
            for (int i = 0; i < 200; i++) {
                append(log, 1 + random.nextInt(6));
                if (i % 40 == 20) {
                    log.housekeep();
                    compare(log);
                }
            }
            assertTrue(segmentEvents == 10_000 || log.range().first() > 100, "some were trimmed");
            log.close();
            log = open(disk, options, clock);
            compare(log);
            append(log, 6);
            compare(log);
            log.close();
        }
    }

    /** The same when others go first wherever they may; meanwhile no file is open, which retention could not delete. */
    @Test
    void aWalkIsFoundAlsoInTheSmallestSlicesAndNoFileIsOpenBetweenThem() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        Impatient impatient = new Impatient(() -> assertEquals(0, disk.openForReading(), "files that are open"));
        TendedLog log = open(disk, options(100, 400), clock);
        for (int i = 0; i < 120; i++) {
            append(log, 1 + random.nextInt(6));
            log.housekeep();
        }
        work = impatient;
        compare(log);
        assertTrue(impatient.slices > 1_000, impatient.slices + " slices");
        log.close();
    }

    /**
     * One event of many topics, for a stranger's patterns or grant, was one slice. A rare one is read by itself from an
     * open file, a frequent one in a chunk.
     */
    @Test
    void anEventOfManyTopicsIsLookedAtInSlicesInEachLookUpWithoutAnOpenFile() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        TendedLog log = open(disk, options(500, 0), clock);
        Event.Builder many = Event.on(SliceWork.TOPICS.get(0)).id("many").markPrivate(true);
        SliceWork.TOPICS.forEach(many::topic);
        Event costly = many.topic("wanted").build();
        for (int i = 0; i < 1_200; i++) {
            Event event = i % 600 == 300 ? costly : Event.on("other").build();
            all.addAll(log.append(List.of(new LogRecord(event, null))));
            log.housekeep();
        }
        GrantedTopics hostile = GrantedTopics.of(SliceWork.patterns(SPACE));
        List<TopicMatcher> patterns = new ArrayList<>(SliceWork.patterns(SPACE));
        patterns.add(SPACE.selector("want{ed}"));
        for (View view : List.of(new View(TopicSelection.of(patterns), GrantedTopics.ALL),
            new View(TopicSelection.ofTopics(List.of("wanted")), hostile),
            new View(TopicSelection.ofTopics(List.of("*")), hostile))) {
            for (Look look : List.<Look>of((some, of) -> some.read(0, 1_200, of, 1 << 20, work),
                (some, of) -> some.find(work).beforeNewest(of, 2), (some, of) -> some.find(work).count(of),
                (some, of) -> some.find(work).newestOfEach(of, 10),
                (some, of) -> some.find(work).readNewest(0, 1_200, of, 1 << 20),
                (some, of) -> some.find(work).byId("many", of.privates()))) {
                SliceWork slices = new SliceWork(() -> assertEquals(0, disk.openForReading(), "files that are open"));
                work = slices;
                look.up(log, view);
                long max = LogWork.SLICE + SliceWork.ofOnePair(SPACE) + 1_200 * LogWork.PAGE;
                assertTrue(slices.longest() <= max, () -> slices.longest() + " steps in one slice, not " + max);
            }
        }
        log.close();
    }

    private interface Look {
        void up(EventLog log, View view) throws IOException;
    }

    /** A burst of one topic and rare ones of others: found one by one and in whole chunks. */
    @Test
    void sparseAndDenseStretchesAreReadAlike() throws IOException {
        TendedLog log = open(new MemoryDisk(1), options(3_000, 0), clock);
        for (int i = 0; i < 5_000; i++) {
            boolean burst = i / 1_000 % 2 == 0;
            String topic = i % 100 == 0 ? "rare " + i % 500 : burst ? "burst" : "quiet " + i % 1_000;
            all.addAll(log.append(List.of(new LogRecord(Event.on(topic).markPrivate(i % 7 != 0).build(), null))));
        }
        for (String template : List.of("rare {n}", "burst{x}", "quiet {n}", "{any}", "none{x}")) {
            for (GrantedTopics grants : List.of(GrantedTopics.NONE, GrantedTopics.ALL,
                GrantedTopics.of(List.of(SPACE.selector("rare {n}"))))) {
                compare(log, new View(TopicSelection.of(List.of(SPACE.selector(template))), grants));
                compare(log, new View(TopicSelection.ofTopics(List.of("*")), grants));
            }
        }
        log.close();
    }

    private void compare(EventLog log) throws IOException {
        for (int i = 0; i < SELECTIONS; i++) {
            compare(log, view());
        }
    }

    private void compare(EventLog log, View view) throws IOException {
        String about = view + " of " + log.range();
        List<LogEntry> shown = all.stream().filter(e -> e.position() >= log.range().first())
            .filter(e -> view.shows(e.event())).toList();
        long from = log.range().first() - 1 + random.nextInt(20);
        assertEquals(positions(shown.stream().filter(e -> e.position() > from).toList()), read(log, from, view), about);
        for (int n : new int[] {1, 2, 5, 40}) {
            long before = n > shown.size() ? log.range().first() - 1 : shown.get(shown.size() - n).position() - 1;
            assertEquals(before, log.find(work).beforeNewest(view, n), about + ", " + n);
        }
        assertEquals(newestOfEach(shown, view), positions(log.find(work).newestOfEach(view, 10_000)), about);
        compareNewest(log, shown, view, about);
        for (int id = 0; id < 9; id++) {
            String wanted = "id " + id;
            assertEquals(all.stream().filter(e -> e.position() >= log.range().first())
                    .filter(e -> wanted.equals(e.event().id()) && (!e.event().isPrivate()
                        || view.privates().coversOne(e.event().topics()))).findFirst().map(LogEntry::position),
                log.find(work).byId(wanted, view.privates()).map(LogEntry::position), about);
        }
        long trimmed = all.stream().filter(e -> e.position() < log.range().first())
            .filter(e -> view.shows(e.event())).mapToLong(LogEntry::position).max().orElse(0);
        boolean exactly = view.privates().all() || view.privates().isNone();
        long told = log.find(work).lastTrimmed(view);
        assertTrue(told == trimmed || !exactly && told > trimmed && told < log.range().first()
            || view.isAll() && told == log.range().first() - 1, about + ": " + told + ", not " + trimmed);
    }

    /** What a reader of the newest only gets, in reads of any size, from anywhere to anywhere. */
    private void compareNewest(EventLog log, List<LogEntry> shown, View view, String about) throws IOException {
        long after = log.range().first() - 1 + random.nextInt(20);
        long upTo = Math.min(log.range().head(), after + random.nextInt(200));
        int bytesMax = random.nextInt(8) == 0 ? 1 : 2_000;
        List<Long> found = new ArrayList<>();
        for (long next = after; next < upTo; ) {
            LogChunk chunk = log.find(work).readNewest(next, upTo, view, bytesMax);
            found.addAll(positions(chunk.entries()));
            assertTrue(chunk.examinedTo() > next && chunk.examinedTo() <= upTo, "a read must move on");
            next = chunk.examinedTo();
        }
        assertEquals(newestOfEach(shown, view).stream().filter(p -> p > after && p <= upTo).toList(), found, about);
        long since = random.nextInt((int) log.range().first());
        boolean lost = newestOfEach(all.stream().filter(e -> view.shows(e.event())).toList(), view).stream()
            .anyMatch(p -> p > since && p < log.range().first());
        assertTrue(log.find(work).newestTrimmed(since, view) || !lost,
            about + ": a loss after " + since + " is not told");
        boolean exactly = view.privates().all() || view.privates().isNone();
        assertTrue(lost || !exactly || !log.find(work).newestTrimmed(since, view), about + ": no loss after " + since);
    }

    private static List<Long> positions(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::position).toList();
    }

    private List<Long> read(EventLog log, long after, View view) throws IOException {
        List<Long> found = new ArrayList<>();
        for (long next = after; next < log.range().head(); ) {
            LogChunk chunk = log.read(next, log.range().head(), view, 3_000, work);
            found.addAll(positions(chunk.entries()));
            assertTrue(chunk.examinedTo() > next, "a read must move on");
            next = chunk.examinedTo();
        }
        return found;
    }

    private static List<Long> newestOfEach(List<LogEntry> shown, View view) {
        Set<String> seen = new LinkedHashSet<>();
        List<LogEntry> newest = new ArrayList<>();
        for (int i = shown.size() - 1; i >= 0; i--) {
            boolean isNewest = false;
            for (String topic : shown.get(i).event().topics()) {
                isNewest |= view.topics().matches(List.of(topic)) && seen.add(topic);
            }
            if (isNewest) {
                newest.add(shown.get(i));
            }
        }
        newest.sort(Comparator.comparingLong(LogEntry::position));
        return positions(newest);
    }
}
