package io.rivulet.log.archive;

import io.rivulet.config.Settings;
import io.rivulet.event.IdSeal;
import io.rivulet.log.LogEntry;
import io.rivulet.log.segment.LogImport;
import io.rivulet.log.segment.StoredLog;
import io.rivulet.log.store.FolderLock;
import java.io.IOException;
import java.nio.file.Path;

/** The folder of a hub that is stopped, whose lock this holds until it is closed. */
final class FolderPlace implements LogPlace {

    private final Path folder;
    private final Settings settings;
    private final FolderLock lock;
    private StoredLog log;

    /** Takes the lock. */
    FolderPlace(Path folder, Settings settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        lock = FolderLock.take(folder);
    }

    private StoredLog log() throws IOException {
        if (log == null) {
            log = StoredLog.in(folder);
        }
        return log;
    }

    @Override
    public LogImport.Store store() throws IOException {
        return log().store();
    }

    @Override
    public IdSeal seal() throws IOException {
        return log().seal();
    }

    @Override
    public void walk(StoredLog.Visitor visitor) throws IOException {
        log().walk(visitor);
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public String kept() {
        return log.segments() + " segments, " + log.bytes() + " bytes, opened " + log.epochs() + " times";
    }

    @Override
    public Into into(LogImport.Store store) throws IOException {
        LogImport made = LogImport.into(folder, settings, store);
        return new Into() {
            @Override
            public void add(LogEntry entry) throws IOException {
                made.add(entry);
            }

            @Override
            public void commit() throws IOException {
                made.commit();
            }

            @Override
            public void close() throws IOException {
                made.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
