package io.rivulet.boot;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How much the hub logs, where it logs by {@code java.util.logging}: the WAR does, an application may not. {@link
 * Assembly} makes it first and ends it last; the setting may change while the hub runs.
 *
 * <p>The logger is held here: the log manager forgets the level of one that nobody holds.
 */
final class LogLevel implements AutoCloseable {

    private final Logger hub = Logger.getLogger("io.rivulet");
    private final Level before = hub.getLevel();

    private LogLevel() {
    }

    /** Sets the level of these settings, now and whenever it changes. */
    static LogLevel of(Settings settings) {
        LogLevel level = new LogLevel();
        level.set(settings.get(SettingsTable.LOGGERS_LEVEL));
        settings.onChange(fresh -> {
            SettingsTable.Level next = fresh.get(SettingsTable.LOGGERS_LEVEL);
            return () -> level.set(next);
        });
        return level;
    }

    private void set(SettingsTable.Level level) {
        hub.setLevel(switch (level) {
            case DEFAULT -> before;
            case OFF -> Level.OFF;
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
        });
    }

    @Override
    public void close() {
        hub.setLevel(before);
    }
}
