package io.rivulet.auth.token;

import io.rivulet.config.FileStamp;
import io.rivulet.config.Secret;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a setting that names a file: those of the file as it is now. Whoever asks looks at the file's time and
 * size, at most once a second, so keys are changed without a restart. Any thread; a small local file makes nobody wait.
 *
 * <p>A file that is gone or cannot be meant changes nothing: the keys that are here go on, and one line says so. Else a
 * slip of the operator would shut everybody out.
 */
final class FileKeys implements KeySource {

    private static final Logger LOG = LoggerFactory.getLogger(FileKeys.class);
    private static final long LOOK_MS = 1_000;

    private final Secret setting;
    private final Path file;
    private final List<String> allowed;
    private final InstantSource clock;
    private volatile List<VerifierKey> keys;
    private volatile long generation;
    private volatile long lookedMs;
    /** Guarded by this. */
    private FileStamp seen;

    /**
     * Reads the file.
     *
     * @param setting {@code file:} and its path
     * @throws IllegalArgumentException when it cannot be read or meant; the message never has a key in it
     */
    FileKeys(Secret setting, List<String> allowed, InstantSource clock) {
        this.setting = setting;
        this.file = Path.of(setting.reveal().substring(KeyTexts.FILE.length()));
        this.allowed = allowed;
        this.clock = clock;
        lookedMs = clock.millis();
        seen = FileStamp.of(file);
        keys = KeyTexts.read(setting, allowed);
    }

    @Override
    public List<VerifierKey> keys() {
        look();
        return keys;
    }

    @Override
    public void missed(String kid) {
        // the file was looked at for this token
    }

    @Override
    public long generation() {
        look();
        return generation;
    }

    private void look() {
        if (Math.abs(clock.millis() - lookedMs) < LOOK_MS) {
            return;
        }
        synchronized (this) {
            FileStamp now = FileStamp.of(file);
            if (now != null && !now.equals(seen)) {
                seen = now;
                try {
                    keys = KeyTexts.read(setting, allowed);
                    generation++; // after the keys: who sees the number sees them
                    LOG.info("the file {} has changed; its {} keys count from now on", file, keys.size());
                } catch (IllegalArgumentException e) {
                    LOG.warn("the file {} has changed, and the keys that are here go on: {}", file, e.getMessage());
                }
            }
            lookedMs = clock.millis();
        }
    }

    @Override
    public void close() {
        // nothing runs
    }
}
