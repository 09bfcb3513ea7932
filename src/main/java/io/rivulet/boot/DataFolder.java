package io.rivulet.boot;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import jakarta.servlet.ServletContext;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the folder of the log. {@link Assembly} asks at the start. It is the folder of the settings, else one below the
 * container's base, named by the path of the hub: so two hubs in one container have two folders, and a redeployed hub
 * finds its own again. Without such a base, or with one that is temporary, it is below the folder that the application
 * names, else below the context's temporary one, or a new one where the context has none. The log says whether it will
 * last.
 */
final class DataFolder {

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private DataFolder() {
    }

    /**
     * Chooses the folder, and logs which it is and whether it survives.
     *
     * @param hubPath the hub's on its host
     * @param beside  where to make it rather than in a temporary base; null for nowhere
     */
    static Path choose(Settings settings, ServletContext application, String hubPath, Path beside) {
        Optional<String> set = settings.get(SettingsTable.DATA_DIR);
        if (set.isPresent()) {
            Path path = Path.of(set.get()).toAbsolutePath().normalize();
            try {
                make(path);
            } catch (IOException e) {
                LOG.warn("no data folder can be made at {}: {}", path, e.toString()); // the store's state says so, too
            }
            if (isTemporary(path)) {
                LOG.warn("data folder {} ({}): it lies below {}, which the system may empty", path,
                    SettingsTable.DATA_DIR.fullKey(), HostSettings.temporary());
            } else {
                LOG.info("data folder {} ({}); it survives restarts", path, SettingsTable.DATA_DIR.fullKey());
            }
            return path;
        }
        Path base = HostSettings.base();
        if (beside != null && (base == null || isTemporary(base)) && !isTemporary(beside)) {
            Path path = beside.toAbsolutePath().resolve(name(hubPath));
            try {
                make(path);
                LOG.info("data folder {} (below the folder that the process runs in); it survives restarts from there. "
                    + "{} names another one", path, SettingsTable.DATA_DIR.fullKey());
                return path;
            } catch (IOException e) {
                LOG.warn("no data folder can be made at {}: {}", path, e.toString());
            }
        }
        if (base != null) {
            Path path = base.toAbsolutePath().resolve("rivulet-data").resolve(name(hubPath));
            try {
                make(path);
                if (isTemporary(path)) {
                    LOG.warn("data folder {} (the container's base is temporary): it does NOT survive a restart that "
                        + "makes a new base; set {}", path, SettingsTable.DATA_DIR.fullKey());
                } else {
                    LOG.info("data folder {} (below the container's base); it survives restarts", path);
                }
                return path;
            } catch (IOException e) {
                LOG.warn("no data folder can be made at {}: {}", path, e.toString());
            }
        }
        Path path = temporary(application, hubPath, beside);
        LOG.warn("data folder {} (temporary): it does NOT survive a new deployment; set {}", path,
            SettingsTable.DATA_DIR.fullKey());
        return path;
    }

    /** Below the context's folder. An embedded Jetty gives none: beside after all, or a new one of the system's. */
    private static Path temporary(ServletContext application, String hubPath, Path beside) {
        File temp = (File) application.getAttribute(ServletContext.TEMPDIR);
        if (temp != null) {
            return temp.toPath().toAbsolutePath().resolve("rivulet-data");
        }
        Path path = (beside == null ? Path.of("rivulet-data") : beside).toAbsolutePath().resolve(name(hubPath));
        try {
            if (beside == null) {
                return Files.createTempDirectory("rivulet-data-");
            }
            make(path);
        } catch (IOException e) {
            LOG.warn("no data folder can be made at {}: {}", path, e.toString()); // the store's state says so, too
        }
        return path;
    }

    /**
     * Whether the folder lies where the system keeps what need not last. Embedded containers, such as those of Spring
     * Boot and Payara, make a new base there at each start.
     */
    static boolean isTemporary(Path folder) {
        Path temporary = HostSettings.temporary();
        return temporary != null && real(folder).startsWith(real(temporary));
    }

    /** The folder without links; of one that is not there the nearest that is, and the rest. */
    private static Path real(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        for (Path there = absolute; there != null; there = there.getParent()) {
            try {
                return there.toRealPath().resolve(there.relativize(absolute));
            } catch (IOException e) {
                LOG.debug("{} is not there", there, e);
            }
        }
        return absolute;
    }

    /** For its owner alone, where the system knows owners: the key of the ids and private events lie in it. */
    static void make(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Files.createDirectories(path.getParent());
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(path);
        }
    }

    /** {@code ROOT}, {@code rivulet}, {@code a#b}: as Tomcat names the folders of its contexts. */
    private static String name(String hubPath) {
        return hubPath.isEmpty() ? "ROOT" : hubPath.substring(1).replace('/', '#');
    }
}
