package io.rivulet.log.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * At most one instance uses a folder: a lock of the operating system between processes, which a killed process cannot
 * leave behind, and a system property between the class loaders of one JVM. For the keeper's thread, and for the
 * command {@code log}, which wants nobody else in the folder while it works.
 *
 * <p>The property comes first, because locks of POSIX belong to the process: closing any channel on the lock file drops
 * the lock that another class loader of the same process holds. So nothing here opens the file without the property.
 */
public final class FolderLock implements Closeable {

    static final String FILE = "store.lock";

    private static final String PROPERTY = "io.rivulet.store:";

    private final Path folder;
    private final String owner;
    private String property;
    private FileChannel channel;
    private FileLock lock;

    /** {@code owner} is unlike that of any other instance. */
    FolderLock(Path folder, String owner) {
        this.folder = folder;
        this.owner = owner;
    }

    /**
     * The lock of a folder that is in use by nobody.
     *
     * @throws IOException when there is no such folder, or somebody uses it; the message names the holder
     */
    public static FolderLock take(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder);
        }
        FolderLock lock = new FolderLock(folder, "command " + UUID.randomUUID());
        if (!lock.tryAcquire()) {
            StoreState.Holder holder = new FolderHandover(folder, "", false).holder();
            throw new IOException("the log in " + folder + " is in use by " + (holder == null ? "a hub" : holder)
                + "; stop it first");
        }
        return lock;
    }

    /** Whether the folder is this instance's now; the folder exists. */
    boolean tryAcquire() throws IOException {
        if (lock != null) {
            return true;
        }
        property = PROPERTY + folder.toRealPath();
        Object holder = System.getProperties().putIfAbsent(property, owner);
        if (holder != null && !holder.equals(owner)) { // its own is of a try that something unexpected has ended
            return false;
        }
        try {
            if (channel == null) {
                channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            }
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // someone in this JVM holds it without the property: the channel stays open, for closing it would free them
            System.getProperties().remove(property, owner);
            return false;
        } catch (IOException e) {
            close();
            throw e;
        }
        if (lock == null) {
            close();
        }
        return lock != null;
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            channel = null;
            lock = null;
            if (property != null) {
                System.getProperties().remove(property, owner);
            }
        }
    }
}
