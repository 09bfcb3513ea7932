package io.rivulet.cluster;

import java.io.IOException;

/**
 * The engine can be reached, and will not do as it is: a wrong password, no such database, a version that is too old.
 * Trying again does not help; the sentence says what to do. At the start it is a bad setting.
 */
final class EngineRefused extends IOException {

    EngineRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
