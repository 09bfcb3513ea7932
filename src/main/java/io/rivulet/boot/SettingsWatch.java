package io.rivulet.boot;

import io.rivulet.config.BadSetting;
import io.rivulet.config.FileStamp;
import io.rivulet.config.SettingSources.Source;
import io.rivulet.config.Settings;
import io.rivulet.refusal.LastingTicker;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every two seconds whether the file of settings has changed, by its time and size, and puts the live ones among
 * them in force. {@link Assembly} starts and ends it; its thread is {@code rivulet-settings}.
 *
 * <p>A file that cannot be meant changes nothing: a hub must not stop for a slip of somebody who edits. What differs
 * and is not live is named, since whoever changed it must know that it does not count yet.
 */
final class SettingsWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsWatch.class);
    private static final long PAUSE_MS = 2_000;
    private static final long JOIN_MS = 2_000;

    private final Settings settings;
    private final Path file;
    private final Supplier<List<Source>> again;
    private final LastingTicker ticker;
    private FileStamp seen;

    /** Not started; {@code again} finds all sources anew, the file's with them. */
    SettingsWatch(Settings settings, Path file, Supplier<List<Source>> again) {
        this.settings = settings;
        this.file = file;
        this.again = again;
        seen = FileStamp.of(file);
        ticker = new LastingTicker(LOG, "A look of {} at the file of settings failed and comes again",
            "rivulet-settings", PAUSE_MS, this::look);
    }

    void start() {
        ticker.start();
    }

    /** Reads the file when it is another one than before. */
    void look() {
        FileStamp now = FileStamp.of(file);
        if (now == null || now.equals(seen)) {
            return; // while an editor replaces it there may be none
        }
        seen = now;
        try {
            Settings.Change change = settings.change(Settings.of(again.get()));
            if (!change.inForce().isEmpty()) {
                LOG.info("{} has changed; in force now: {}", file, String.join(", ", change.inForce()));
            }
            if (!change.waiting().isEmpty()) {
                LOG.warn("{} has changed; only after a restart: {}", file, String.join(", ", change.waiting()));
            }
        } catch (BadSetting e) {
            LOG.warn("{} has changed and does not count, for it cannot be meant: {}", file, e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            ticker.close(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
