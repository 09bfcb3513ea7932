package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.StreamParser.Dispatched;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The measure itself is measured: the examples of WHATWG HTML 9.2.6 and the cases of the platform's own tests. */
class StreamParserTest {

    private final List<Dispatched> events = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private final StreamParser parser = new StreamParser("", events::add, comments::add);

    @Test
    void twoDataLinesAreJoined() {
        parser.take("data: YHOO\ndata: +2\ndata: 10\n\n");
        assertEquals(List.of(new Dispatched("message", "YHOO\n+2\n10", "")), events);
    }

    @Test
    void theThreeLineEndingsAreOne() {
        parser.take("data: a\rdata: b\r\ndata: c\n\r\ndata: d\r\r");
        assertEquals(List.of("a\nb\nc", "d"), events.stream().map(Dispatched::data).toList());
    }

    @Test
    void oneSpaceAfterTheColonIsTaken() {
        parser.take("data:test\n\ndata: test\n\ndata:  test\n\n");
        assertEquals(List.of("test", "test", " test"), events.stream().map(Dispatched::data).toList());
    }

    @Test
    void dataWithoutColonIsEmptyData() {
        parser.take("data\n\ndata\ndata\n\ndata:");
        assertEquals(List.of("", "\n"), events.stream().map(Dispatched::data).toList());
    }

    @Test
    void theIdIsTakenOverOnlyAtDispatch() {
        parser.take("data: a\nid: 1\n\ndata: b\nid: 2\n");
        assertEquals("1", parser.lastEventId());
        parser.take("\n");
        assertEquals("2", parser.lastEventId());
    }

    @Test
    void theIdIsTakenOverWithoutDataToo() {
        parser.take("id: 7\n\n");
        assertEquals("7", parser.lastEventId());
        assertEquals(List.of(), events);
    }

    @Test
    void anIdWithNulIsIgnoredAndAnEmptyOneResets() {
        parser.take("id: 1\ndata: a\n\nid: 1\0\ndata: b\n\nid\ndata: c\n\n");
        assertEquals(List.of("1", "1", ""), events.stream().map(Dispatched::id).toList());
    }

    @Test
    void typeAndRetryAndCommentsAreRead() {
        parser.take("\uFEFF: hi\nretry: 03000\nretry: 1000x\nevent: tick\nData: no\ndata: x\n\n:\n");
        assertEquals(List.of(new Dispatched("tick", "x", "")), events);
        assertEquals(List.of(" hi", ""), comments);
        assertEquals(3000, parser.retryMs());
    }
}
