package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.kit.Logged;
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
            Settings.with("data.dir", folder.resolve("d").toString()), context().getServletContext(), "", null));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("d"))),
            "the key of the ids and private events lie in it");
        System.setProperty("jetty.base", folder.toString());
        try {
            assertEquals(folder.resolve("rivulet-data/ROOT").toAbsolutePath(),
                DataFolder.choose(Settings.with(), context().getServletContext(), "", null));
            assertEquals(folder.resolve("rivulet-data/a#b").toAbsolutePath(),
                DataFolder.choose(Settings.with(), context().getServletContext(), "/a/b", null));
        } finally {
            System.clearProperty("jetty.base");
        }
        ServletContextHandler bare = context();
        bare.getServletContext().setAttribute("jakarta.servlet.context.tempdir", folder.resolve("tmp").toFile());
        assertEquals(folder.resolve("tmp/rivulet-data").toAbsolutePath(),
            DataFolder.choose(Settings.with(), bare.getServletContext(), "", null));
    }

    /** Spring Boot and Payara make their base there anew at each start: what lies below is gone with the restart. */
    @Test
    void aBaseInTheTemporaryFolderIsNoPlaceThatLasts() throws Exception {
        String before = System.getProperty("java.io.tmpdir");
        Path base = Files.createDirectories(folder.resolve("elsewhere/tomcat.8080.17"));
        Path link = Files.createSymbolicLink(folder.resolve("temporary"), folder.resolve("elsewhere"));
        try {
            System.setProperty("java.io.tmpdir", link.toString());
            assertTrue(DataFolder.isTemporary(base.resolve("rivulet-data/ROOT")));
            assertTrue(DataFolder.isTemporary(link.resolve("x")));
            assertFalse(DataFolder.isTemporary(folder.resolve("elsewhere2/x")));
            System.setProperty("jetty.base", base.toString());
            String warned = lineAtTheStart(Settings.with());
            assertTrue(warned.startsWith("WARNING: ") && warned.contains("does NOT survive")
                && warned.endsWith("set rivulet.data.dir"), warned);
            assertTrue(lineAtTheStart(Settings.with("data.dir", base.toString())).startsWith("WARNING: "));
            System.setProperty("jetty.base", Files.createDirectories(folder.resolve("base")).toString());
            String lasts = lineAtTheStart(Settings.with());
            assertTrue(lasts.startsWith("INFO: ") && lasts.endsWith("it survives restarts"), lasts);
        } finally {
            System.setProperty("java.io.tmpdir", before);
            System.clearProperty("jetty.base");
        }
    }

    /** Spring Boot's base is gone with the next start: a hub in such an application has its log beside it. */
    @Test
    void anInstalledHubHasItsLogWhereTheProcessRunsRatherThanInATemporaryBase() throws Exception {
        String before = System.getProperty("java.io.tmpdir");
        Path beside = folder.resolve("work/rivulet-data");
        Path base = Files.createDirectories(folder.resolve("temporary/tomcat.8080.17"));
        try {
            System.setProperty("java.io.tmpdir", base.getParent().toString());
            assertEquals(beside.resolve("live"), chosen(beside));
            System.setProperty("jetty.base", base.toString());
            assertEquals(beside.resolve("live"), chosen(beside));
            assertEquals(base.resolve("rivulet-data/live"), chosen(base.resolve("beside")));
            Path lasting = Files.createDirectories(folder.resolve("base"));
            System.setProperty("jetty.base", lasting.toString());
            assertEquals(lasting.resolve("rivulet-data/live"), chosen(beside));
        } finally {
            System.setProperty("java.io.tmpdir", before);
            System.clearProperty("jetty.base");
        }
    }

    /** An embedded Jetty gives its context no temporary folder; in a container image all may lie below /tmp. */
    @Test
    void whereNothingLastsAndTheContextHasNoFolderThereIsOneAllTheSame() throws Exception {
        String before = System.getProperty("java.io.tmpdir");
        try {
            System.setProperty("java.io.tmpdir", folder.toString());
            Path beside = folder.resolve("work/rivulet-data");
            try (Logged log = new Logged(DataFolder.class)) {
                assertEquals(beside.resolve("live"), chosen(beside));
                assertTrue(log.lines().get(0).startsWith("WARNING: ")
                    && log.lines().get(0).endsWith("set rivulet.data.dir"), log.lines().toString());
            }
            assertTrue(Files.isDirectory(beside.resolve("live")));
            assertTrue(Files.isDirectory(DataFolder.choose(Settings.with(), context().getServletContext(), "", null)));
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    private static Path chosen(Path beside) {
        return DataFolder.choose(Settings.with(), context().getServletContext(), "/live", beside);
    }

    private static String lineAtTheStart(Settings settings) {
        try (Logged log = new Logged(DataFolder.class)) {
            DataFolder.choose(settings, context().getServletContext(), "", null);
            assertEquals(1, log.lines().size());
            return log.lines().get(0);
        }
    }

    private static ServletContextHandler context() {
        return new ServletContextHandler("/");
    }
}
