package io.rivulet.config;

/** A setting that cannot be meant: the hub does not start, and the message names the key, the value and its source. */
public final class BadSetting extends RuntimeException {

    /** One sentence: key, value, where it came from, what it must be. */
    public BadSetting(String message) {
        super(message);
    }

    /** A person is to read the message; containers print the stack of whatever stops an application, too. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
