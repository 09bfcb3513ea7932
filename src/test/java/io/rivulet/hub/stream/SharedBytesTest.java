package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SharedBytesTest {

    private final SharedBytes portion = new SharedBytes();
    private final byte[] events = {1, 2, 3};

    @Test
    void theSameBytesAgainMakeNoNewView() {
        ByteBuffer view = portion.of(events).view();
        view.position(3);
        assertSame(view, portion.of(events).view());
        assertEquals(3, view.remaining(), "the next outlet gets all of it");
    }

    @Test
    void aViewThatIsKeptIsNotMovedByOthers() {
        ByteBuffer kept = portion.of(events).view();
        kept.position(1);
        portion.keep();
        assertNotSame(kept, portion.of(events).view());
        portion.of(new byte[] {9});
        assertEquals(1, kept.position());
        assertEquals(2, kept.get());
    }

    @Test
    void otherBytesHaveAnotherView() {
        ByteBuffer view = portion.of(events).view();
        assertNotSame(view, portion.of(new byte[] {1, 2, 3}).view());
    }

    @Test
    void whatIsMadeOfTheBytesIsThereForTheNextOutletOfTheSameKind() {
        StringBuilder first = portion.form(StringBuilder.class, StringBuilder::new);
        assertSame(first, portion.form(StringBuilder.class, StringBuilder::new));
    }
}
