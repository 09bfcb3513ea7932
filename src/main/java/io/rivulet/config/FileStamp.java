package io.rivulet.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * Tells without reading a file whether it is another one than before: two stamps are equal as long as it seems the
 * same. Those who take a file anew while the hub runs compare them. Immutable, any thread.
 */
public record FileStamp(FileTime modified, long bytes) {

    /** Of the file as it is now; null where there is none, as while an editor replaces it. */
    public static FileStamp of(Path file) {
        try {
            return new FileStamp(Files.getLastModifiedTime(file), Files.size(file));
        } catch (IOException e) {
            return null;
        }
    }
}
