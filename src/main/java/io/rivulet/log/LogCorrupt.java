package io.rivulet.log;

import java.io.IOException;

/**
 * Stored bytes are not as written. The log does not guess: it names the file and the offset, changes nothing, and
 * leaves it to a person to restore a backup or to move the file away.
 */
public final class LogCorrupt extends IOException {

    /** One sentence that names the file, the offset and what is wrong there. */
    public LogCorrupt(String message) {
        super(message);
    }
}
