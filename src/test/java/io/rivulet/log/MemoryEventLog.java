package io.rivulet.log;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.IdSeal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** The simplest thing that keeps the contract of {@link EventLog}: a list. For tests that are not about the disk. */
public final class MemoryEventLog implements EventLog, LogFinder {

    private final InstantSource clock;
    private final IdSeal seal;
    private final int epoch;
    private final List<LogEntry> entries = new ArrayList<>();
    private final List<LogEntry> trimmed = new ArrayList<>();
    private Runnable beforeSync = () -> { };
    private LogFailure failure;
    private long bytesAppended;
    private long first = 1;
    private int nonce = 0x5eed;
    private boolean closed;

    /** An empty log of epoch 1. */
    public MemoryEventLog(InstantSource clock) {
        this(clock, 1);
    }

    /** An empty log of this epoch. */
    public MemoryEventLog(InstantSource clock, int epoch) {
        this.clock = clock;
        this.epoch = epoch;
        seal = new IdSeal(new byte[IdSeal.KEY_BYTES]);
    }

    /** Every append fails like this from now on; null: they work again. */
    public synchronized void failWith(LogFailure newFailure) {
        failure = newFailure;
    }

    /** Retention takes everything below {@code newFirst}. */
    public synchronized void trimTo(long newFirst) {
        while (first < newFirst && !entries.isEmpty()) {
            trimmed.add(entries.remove(0));
            first++;
        }
    }

    @Override
    public synchronized List<LogEntry> append(List<LogRecord> group) throws LogFailure {
        if (closed) {
            throw new LogFailure("the log is closed", false, null);
        }
        if (failure != null) {
            throw failure;
        }
        beforeSync.run();
        nonce = nonce * 31 + 7 & 0xffffff;
        long before = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).timeMs();
        long timeMs = Math.max(before, clock.millis());
        List<LogEntry> appended = new ArrayList<>();
        for (LogRecord record : group) {
            LogEntry entry = new LogEntry(first + entries.size(), epoch, nonce, timeMs, record.event(),
                record.receipt(), record.producer());
            bytesAppended += record.event().weight();
            entries.add(entry);
            appended.add(entry);
        }
        return appended;
    }

    @Override
    public synchronized void beforeSync(Runnable hook) {
        beforeSync = hook;
    }

    @Override
    public synchronized LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) {
        long from = Math.max(after + 1, first);
        long to = Math.min(upTo, head());
        List<LogEntry> found = new ArrayList<>();
        long next = from;
        for (long budget = bytesMax; next <= to && budget > 0; next++) {
            LogEntry entry = at(next);
            budget -= entry.event().weight();
            if (view.shows(entry.event())) {
                found.add(entry);
            }
        }
        return new LogChunk(from, next - 1, found);
    }

    @Override
    public LogFinder find(LogWork work) {
        return this;
    }

    @Override
    public synchronized LogSize size() {
        return new LogSize(0, entries.size(), 1, 0);
    }

    @Override
    public synchronized LogRange range() {
        return new LogRange(epoch, first, head(), head() == 0 ? 0x57 : nonce, bytesAppended, failure);
    }

    @Override
    public IdSeal seal() {
        return seal;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public synchronized Optional<LogEntry> byId(String id, GrantedTopics privates, boolean firsts) {
        return entries.stream().filter(e -> id.equals(e.event().id()) && !(firsts && e.event().repeatsId())
            && (!e.event().isPrivate() || privates.coversOne(e.event().topics()))).findFirst();
    }

    @Override
    public synchronized boolean hasId(String id, boolean privates) {
        return entries.stream().anyMatch(e -> id.equals(e.event().id()) && (privates || !e.event().isPrivate()));
    }

    @Override
    public synchronized long count(View view) {
        return entries.stream().filter(e -> view.shows(e.event())).count();
    }

    @Override
    public synchronized List<String> topics(String after, int limit) {
        return entries.stream().flatMap(e -> e.event().topics().stream()).filter(t -> t.compareTo(after) > 0)
            .distinct().sorted().limit(limit).toList();
    }

    @Override
    public synchronized boolean hasMarks() {
        return entries.stream().anyMatch(e -> e.event().isMark());
    }

    @Override
    public synchronized boolean mayBeMarked(String topic) {
        return mark(topic).isPresent();
    }

    @Override
    public synchronized Optional<LogEntry> mark(String topic) {
        return entries.stream().filter(e -> e.event().isMark() && e.event().topics().contains(topic))
            .reduce((older, newer) -> newer);
    }

    @Override
    public synchronized Optional<LogEntry> byKey(Digest key) {
        return entries.stream().filter(e -> e.receipt() != null && e.receipt().key().equals(key)).findFirst();
    }

    @Override
    public synchronized Optional<LogEntry> byProducer(Digest producer, Predicate<ProducerMark> fits) {
        return entries.stream().filter(e -> e.producer() != null && e.producer().producer().equals(producer)
            && fits.test(e.producer())).reduce((first, second) -> second);
    }

    @Override
    public synchronized long beforeTime(long timeMs) {
        return entries.stream().filter(e -> e.timeMs() >= timeMs).mapToLong(LogEntry::position).findFirst()
            .orElse(head() + 1) - 1;
    }

    @Override
    public synchronized long beforeNewest(View view, int n) {
        int left = n;
        for (long p = head(); p >= first; p--) {
            if (view.shows(at(p).event()) && --left == 0) {
                return p - 1;
            }
        }
        return first - 1;
    }

    @Override
    public synchronized List<LogEntry> newestOfEach(View view, int topicsMax) {
        Set<String> seen = new HashSet<>();
        List<LogEntry> newest = new ArrayList<>();
        for (long p = head(); p >= first && seen.size() < topicsMax; p--) {
            boolean isNewest = false;
            List<String> topics = view.shows(at(p).event()) ? at(p).event().topics() : List.of();
            for (String topic : topics) {
                isNewest |= view.topics().matches(List.of(topic)) && seen.size() < topicsMax && seen.add(topic);
            }
            if (isNewest) {
                newest.add(at(p));
            }
        }
        newest.sort(Comparator.comparingLong(LogEntry::position));
        return newest;
    }

    @Override
    public synchronized LogChunk readNewest(long after, long upTo, View view, int bytesMax) {
        LogChunk all = read(after, upTo, view, bytesMax, LogWork.UNBOUNDED);
        Set<String> later = new HashSet<>();
        List<LogEntry> newest = new ArrayList<>();
        for (long p = head(); p >= all.from(); p--) {
            List<String> asked = view.shows(at(p).event()) ? at(p).event().topics().stream()
                .filter(topic -> view.topics().matches(List.of(topic))).toList() : List.of();
            if (later.addAll(asked) && p <= all.examinedTo()) {
                newest.add(0, at(p));
            }
        }
        return new LogChunk(all.from(), all.examinedTo(), newest);
    }

    @Override
    public synchronized boolean newestTrimmed(long after, View view) {
        return trimmed.stream().filter(e -> e.position() > after && view.shows(e.event()))
            .anyMatch(e -> e.event().topics().stream().anyMatch(topic -> view.topics().matches(List.of(topic))
                && entries.stream().noneMatch(r -> view.shows(r.event()) && r.event().topics().contains(topic))));
    }

    @Override
    public synchronized OptionalLong nonceAt(long position) {
        if (position == 0) {
            return OptionalLong.of(0x57);
        }
        return position < first || position > head() ? OptionalLong.empty() : OptionalLong.of(at(position).nonce());
    }

    @Override
    public synchronized boolean epochReaches(int someEpoch, long position) {
        return someEpoch == epoch && position >= 0 && position <= head();
    }

    @Override
    public synchronized long lastTrimmed(View view) {
        return trimmed.stream().filter(e -> view.shows(e.event())).mapToLong(LogEntry::position).max()
            .orElse(0);
    }

    private long head() {
        return first + entries.size() - 1;
    }

    private LogEntry at(long position) {
        return entries.get((int) (position - first));
    }
}
