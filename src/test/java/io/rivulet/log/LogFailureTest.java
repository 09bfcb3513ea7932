package io.rivulet.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What callers are told of a failure of the log's: what is wrong, and not where its files lie. */
class LogFailureTest {

    private static final String HIDDEN = "a file of the log is damaged, gone or not to be read; the hub's log tells"
        + " which";

    @Test
    void whatWasMadeForCallersIsToldAsItIs() {
        assertEquals("no space left (a/b)", LogFailure.told(new LogFailure("no space left (a/b)", true, null)));
        assertEquals("db.example/x is away", LogFailure.told(new LogAway("db.example/x is away", false, null)));
    }

    @Test
    void theReasonOfASystemIsToldWithoutTheFile() {
        assertEquals("No space left on device", LogFailure.told(
            new FileSystemException("/srv/secret/leases.tmp", null, "No space left on device")));
        assertEquals("Too many open files", LogFailure.told(new IOException("Too many open files")));
    }

    @Test
    void aMessageThatNamesAFileIsNotTold() {
        assertEquals(HIDDEN, LogFailure.told(new NoSuchFileException("/srv/secret/1.idx")));
        assertEquals(HIDDEN, LogFailure.told(new NoSuchFileException("1.idx")));
        assertEquals(HIDDEN, LogFailure.told(new AccessDeniedException("C:\\rivulet\\1.idx")));
        assertEquals(HIDDEN, LogFailure.told(new LogCorrupt("/srv/secret/1.idx is damaged in page 3")));
        assertEquals("null", LogFailure.told(new IllegalStateException()));
    }
}
