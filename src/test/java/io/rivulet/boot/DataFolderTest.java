package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a hub keeps its log. */
class DataFolderTest {

    @TempDir
    private Path folder;

    @Test
    void aFolderIsNamedByTheHubsPathSoThatARedeployedHubFindsItsOwn() throws Exception {
        assertEquals(folder.resolve("d").toAbsolutePath(), DataFolder.choose(
            Settings.with("data.dir", folder.resolve("d").toString()), context().getServletContext(), ""));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("d"))),
            "the key of the ids and private events lie in it");
        System.setProperty("jetty.base", folder.toString());
        try {
            assertEquals(folder.resolve("rivulet-data/ROOT").toAbsolutePath(),
                DataFolder.choose(Settings.with(), context().getServletContext(), ""));
            assertEquals(folder.resolve("rivulet-data/a#b").toAbsolutePath(),
                DataFolder.choose(Settings.with(), context().getServletContext(), "/a/b"));
        } finally {
            System.clearProperty("jetty.base");
        }
        ServletContextHandler bare = context();
        bare.getServletContext().setAttribute("jakarta.servlet.context.tempdir", folder.resolve("tmp").toFile());
        assertEquals(folder.resolve("tmp/rivulet-data").toAbsolutePath(),
            DataFolder.choose(Settings.with(), bare.getServletContext(), ""));
    }

    private static ServletContextHandler context() {
        return new ServletContextHandler("/");
    }
}
