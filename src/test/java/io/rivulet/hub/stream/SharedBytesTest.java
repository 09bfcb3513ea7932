package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SharedBytesTest {

    private final SharedBytes shared = new SharedBytes();
    private final byte[] events = {1, 2, 3};

    @Test
    void theSameBytesAgainMakeNoNewView() {
        ByteBuffer view = shared.of(events).view();
        view.position(3);
        assertSame(view, shared.of(events).view());
        assertEquals(3, view.remaining(), "the next outlet gets all of it");
    }

    @Test
    void aViewThatIsKeptIsNotMovedByOthers() {
        ByteBuffer kept = shared.of(events).view();
        kept.position(1);
        shared.keep();
        assertNotSame(kept, shared.of(events).view());
        shared.of(new byte[] {9});
        assertEquals(1, kept.position());
        assertEquals(2, kept.get());
    }

    @Test
    void otherBytesHaveAnotherView() {
        ByteBuffer view = shared.of(events).view();
        assertNotSame(view, shared.of(new byte[] {1, 2, 3}).view());
    }

    @Test
    void whatIsMadeOfTheBytesIsThereForTheNextOutletOfTheSameKind() {
        StringBuilder first = shared.form(StringBuilder.class, StringBuilder::new);
        assertSame(first, shared.form(StringBuilder.class, StringBuilder::new));
    }
}
