package io.rivulet.kit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged below a name while it is open. */
public final class Logged extends Handler implements AutoCloseable {

    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    public Logged(Class<?> by) {
        this(by.getName());
    }

    private Logged(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** By a logger that has a name of its own. */
    public static Logged at(String name) {
        return new Logged(name);
    }

    /** The same lines without their levels. */
    public List<String> texts() {
        return lines.stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    }

    /** The lines so far, each with its level before it: {@code WARNING: text}. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord record) {
        lines.add(record.getLevel() + ": " + record.getMessage());
    }

    @Override
    public void flush() {
        // nothing waits
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
