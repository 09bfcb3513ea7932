package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.MemoryEventLog;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Streams that conflate and ask the same of the log are answered by one read of it. */
class NewestReadTest {

    private static final TopicSelection ANY = TopicSelection.ofTopics(List.of("*"));
    private static final View ALL = new View(ANY, GrantedTopics.NONE);

    private final MemoryEventLog memory = new MemoryEventLog(new TestClock());
    private final AtomicInteger reads = new AtomicInteger();
    private final EventLog log = counted(memory);
    private final TransientTopics transients = new TransientTopics(TopicList.ofNames(List.of()), 1 << 20);
    private final NewestRead newest = new NewestRead(log, transients, new HistoryRead(log, transients));

    /** The log, which counts how often it is read for streams that conflate. */
    private EventLog counted(MemoryEventLog real) {
        return proxy(EventLog.class, real, "find", proxy(LogFinder.class, real, "readNewest", null));
    }

    private <T> T proxy(Class<T> type, Object real, String method, Object instead) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, args) -> {
            if (called.getName().equals(method)) {
                if (instead != null) {
                    return instead;
                }
                reads.incrementAndGet();
            }
            try {
                return called.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private void append(int n, String topic, int bytes) throws IOException {
        for (int i = 0; i < n; i++) {
            memory.append(List.of(new LogRecord(Event.on(topic + i).data("x".repeat(bytes)).build(), null)));
        }
    }

    private List<Long> ask(View view, long after, long upTo) throws IOException {
        return newest.read(view, Position.ofDurable(after), Position.ofDurable(upTo), Position.ofDurable(after),
            false, LogWork.UNBOUNDED).frames().stream().map(frame -> frame.position().durable()).toList();
    }

    @Test
    void sixtyStreamsThatAskAlikeAreOneReadOfTheLogThoughEventsComeBetween() throws IOException {
        append(20, "t", 10);
        List<Long> first = ask(ALL, 0, 20);
        for (int i = 0; i < 60; i++) {
            append(1, "new", 10);
            assertEquals(first, ask(ALL, 0, 21 + i));
        }
        assertEquals(1, reads.get());
    }

    @Test
    void anAnswerIsCutWhereThisStreamNeedsNoMore() throws IOException {
        append(20, "t", 10);
        ask(ALL, 0, 20);
        assertEquals(List.of(1L, 2L, 3L), ask(ALL, 0, 3));
        assertEquals(1, reads.get());
    }

    @Test
    void whoAsksForAnotherStretchOrUnderOtherRightsIsAnsweredAnew() throws IOException {
        append(20, "t", 10);
        ask(ALL, 0, 20);
        ask(ALL, 5, 20);
        ask(new View(ANY, GrantedTopics.ALL), 0, 20);
        ask(new View(TopicSelection.ofTopics(List.of("t1")), GrantedTopics.NONE), 0, 20);
        assertEquals(4, reads.get());
    }

    @Test
    void nothingThatRetentionTookIsAnsweredAndNothingThatIsLongOutOfDate() throws IOException {
        append(20, "t", 10);
        ask(ALL, 0, 20);
        memory.trimTo(5);
        assertEquals(16, ask(ALL, 0, 20).size());
        append(10_001, "u", 1);
        ask(ALL, 0, 20);
        assertEquals(3, reads.get());
    }

    @Test
    void whatNobodyAsksForAgainIsForgottenInTime() throws IOException {
        append(20, "t", 10);
        ask(ALL, 0, 20);
        ask(ALL, 5, 20);
        newest.age();
        ask(ALL, 0, 20);
        newest.age();
        ask(ALL, 0, 20);
        assertEquals(2, reads.get(), "it was asked for each time");
        ask(ALL, 5, 20);
        assertEquals(3, reads.get());
    }

    @Test
    void whatIsKeptForOthersTakesFourMegabytesAtMost() throws IOException {
        append(40, "t", 200_000);
        for (int after = 0; after < 12; after++) {
            ask(ALL, after, 40);
        }
        assertEquals(12, reads.get());
        for (int after = 11; after >= 0; after--) { // the newest answer first: none displaces those still to come
            ask(ALL, after, 40);
        }
        int anew = reads.get() - 12;
        assertTrue(anew >= 8, "answers of a megabyte that were kept: " + (12 - anew));
    }
}
