package io.rivulet.boot;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The main class of {@code java -jar rivulet.war}. It opens the WAR's own classes and libraries, where a server is to
 * run those of Jetty as well, and hands over to {@link Commands}. The main thread runs it.
 *
 * <p>Java finds a main class at the root of the WAR alone, so this class stands there a second time. There it has no
 * other class of the hub beside it, and so it names none. {@code web.xml} keeps containers from serving it as a file.
 */
public final class Launcher {

    private static final String CLASSES = "WEB-INF/classes/";
    private static final String LIBRARIES = "WEB-INF/lib/";
    private static final String SERVER = "META-INF/server/";
    /** What the name of a folder with unpacked libraries begins with. */
    private static final String FOLDER = "rivulet-command";
    private static final String LOCK = "lock";
    private static final long SPARED_MS = 60_000;
    private static final String COMMANDS = "io.rivulet.boot.Commands";

    private Launcher() {
    }

    /** Runs the command, and ends the process with its status. */
    public static void main(String[] words) throws Exception {
        Path own = Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        int status;
        if (Files.isDirectory(own)) { // the build's classes, with the libraries beside them
            status = run(Launcher.class.getClassLoader(), words);
        } else {
            Path folder = Files.createTempDirectory(FOLDER);
            deleteLeftOvers(folder);
            try (FileChannel held = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
                 URLClassLoader loader = new URLClassLoader(unpack(own, folder, isOfServer(words)),
                     ClassLoader.getPlatformClassLoader())) {
                held.tryLock(); // until the process ends, however it ends
                Thread.currentThread().setContextClassLoader(loader); // where slf4j looks for its providers
                status = run(loader, words);
            } finally {
                delete(folder.toFile());
            }
        }
        System.out.flush();
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int run(ClassLoader loader, String[] words) throws Exception {
        return (int) Class.forName(COMMANDS, true, loader)
            .getMethod("run", String[].class, PrintStream.class, PrintStream.class)
            .invoke(null, words, System.out, System.err);
    }

    /** Whether the command runs the server, or reads its settings as it does, by classes that know the servlet API. */
    private static boolean isOfServer(String... words) {
        return words.length == 0 || words[0].startsWith("--") || words[0].equals("log");
    }

    /** The class path: the classes where they are, the libraries as files, since a jar in a jar cannot be opened. */
    private static URL[] unpack(Path war, Path folder, boolean withServer) throws IOException {
        List<URL> urls = new ArrayList<>();
        urls.add(URI.create("jar:" + war.toUri() + "!/" + CLASSES).toURL());
        try (JarFile jar = new JarFile(war.toFile())) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                boolean wanted = name.startsWith(LIBRARIES) || withServer && name.startsWith(SERVER);
                if (wanted && name.endsWith(".jar")) {
                    Path file = folder.resolve(Path.of(name).getFileName());
                    try (InputStream in = jar.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                    urls.add(file.toUri().toURL());
                }
            }
        }
        return urls.toArray(URL[]::new);
    }

    /**
     * Deletes what processes have left that were killed: the system gave up their locks. A folder is spared for a
     * minute after it was made, since its process may not have locked it yet, and whatever is not this user's.
     */
    private static void deleteLeftOvers(Path own) throws IOException {
        long nowMs = Files.getLastModifiedTime(own).toMillis(); // it was made just now
        try (DirectoryStream<Path> others = Files.newDirectoryStream(own.getParent(), FOLDER + "*")) {
            for (Path other : others) {
                Path lock = other.resolve(LOCK);
                if (!other.equals(own) && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(other).equals(Files.getOwner(own))
                    && Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
                    && Files.getLastModifiedTime(lock).toMillis() < nowMs - SPARED_MS) {
                    deleteUnlessHeld(other, lock);
                }
            }
        } catch (IOException | RuntimeException e) {
            // somebody else deletes them just now, or they stay: this process runs all the same
        }
    }

    private static void deleteUnlessHeld(Path folder, Path lock) throws IOException {
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                delete(folder.toFile());
            }
        }
    }

    private static void delete(File folder) {
        File[] files = folder.listFiles();
        for (File file : files == null ? new File[0] : files) {
            if (!file.delete()) {
                file.deleteOnExit();
            }
        }
        if (!folder.delete()) {
            folder.deleteOnExit();
        }
    }
}
