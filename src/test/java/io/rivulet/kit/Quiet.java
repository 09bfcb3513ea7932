package io.rivulet.kit;

import java.util.logging.Level;
import java.util.logging.Logger;

/** While it is open the hub logs nothing: faults that a test causes on purpose would be all of the build's output. */
public final class Quiet implements AutoCloseable {

    /** Kept, for the library holds loggers weakly. */
    private static final Logger HUB = Logger.getLogger("io.rivulet");

    public Quiet() {
        HUB.setLevel(Level.OFF);
    }

    @Override
    public void close() {
        HUB.setLevel(null);
    }
}
