package io.rivulet.boot;

import io.rivulet.boot.server.OwnServer;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Issuers;
import io.rivulet.config.SettingSources;
import io.rivulet.config.SettingSources.Source;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.hub.Hub;
import io.rivulet.refusal.LineBudget;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code java -jar rivulet.war}: the hub on a server of its own. {@code Commands} runs it, on the main thread, until
 * the process is told to end.
 *
 * <p>A person who tries it has set nothing, and must get somewhere; a server must not be open because somebody forgot a
 * setting. So dev mode is the default only where nobody but this machine can connect, and where no tokens were set up.
 */
final class ServeCommand {

    /** All went well. */
    static final int DONE = 0;
    /** The server did not start. */
    static final int FAILED = 1;
    /** The words could not be meant. */
    static final int USAGE = 2;

    private static final String CHECK = "--check";
    private static final String KEY = "rivulet.";
    private static final String DATA = "rivulet-data";
    /** One line for a record, with the time first. */
    private static final String LOGGING = """
        handlers=java.util.logging.ConsoleHandler
        java.util.logging.ConsoleHandler.level=ALL
        java.util.logging.ConsoleHandler.formatter=java.util.logging.SimpleFormatter
        java.util.logging.SimpleFormatter.format=%1$tF %1$tT.%1$tL %4$s %5$s%6$s%n
        org.eclipse.jetty.level=WARNING
        """;

    private static final String LIVE = ", live: in a file it counts at once when that changes";
    private static final long FAREWELL_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private ServeCommand() {
    }

    /** Serves, or checks; gives the status of the process. */
    static int run(List<String> words, Appendable out, Appendable err) throws IOException {
        try {
            if (!HostSettings.sayHowToLog()) {
                try (InputStream lines = new ByteArrayInputStream(LOGGING.getBytes(StandardCharsets.US_ASCII))) {
                    LogManager.getLogManager().readConfiguration(lines);
                }
                JettyLines bounded = new JettyLines();
                for (Handler handler : LogManager.getLogManager().getLogger("").getHandlers()) {
                    handler.setFilter(bounded);
                }
            }
            SettingSources sources = sources(words);
            Settings settings = Settings.of(sources.sources());
            if (words.contains(CHECK)) {
                out.append(check(sources));
                return DONE;
            }
            return serve(settings, HostSettings.watchOfCommand(settings, () -> sources(words)), err);
        } catch (BadSetting e) {
            err.append("Rivulet does not start: ").append(e.getMessage()).append('\n');
            return USAGE;
        }
    }

    /** All that is set, with what this command puts in place of what is not. */
    static SettingSources sources(List<String> words) {
        Source line = new Source("command line", settingsOf(words));
        SettingSources found = HostSettings.ofCommand();
        Map<String, String> defaults = new HashMap<>(Map.of(SettingsTable.DATA_DIR.fullKey(), DATA));
        Settings set = Settings.of(found.between(line, new Source("default", defaults)).sources());
        if (set.sections(Issuers.FAMILY).isEmpty() && isLoopback(set.get(SettingsTable.ADDRESS))) {
            defaults.put(SettingsTable.DEV.fullKey(), "true");
        }
        return found.between(line, new Source("default of java -jar", defaults));
    }

    private static Map<String, String> settingsOf(List<String> words) {
        Map<String, String> settings = new HashMap<>();
        for (String word : words) {
            if (word.equals(CHECK)) {
                continue;
            }
            int equals = word.indexOf('=');
            if (!word.startsWith("--") || equals < 0) {
                throw new BadSetting("\"" + word + "\" is no setting; one is written as --port=8081, and --help lists "
                    + "what else there is");
            }
            String key = word.substring(2, equals);
            settings.put(key.startsWith(KEY) ? key : KEY + key, word.substring(equals + 1));
        }
        return settings;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Keys and sources, never values: some are secret. */
    private static String check(SettingSources sources) {
        StringBuilder told = new StringBuilder("The settings can be meant.\n");
        TreeSet<String> seen = new TreeSet<>();
        for (Source source : sources.sources()) {
            for (String key : new TreeSet<>(source.values().keySet())) {
                told.append(seen.add(key) ? "  " + key + " (" + source.name() + ")" + (isLive(key) ? LIVE : "") + "\n"
                    : "  " + key + " (" + source.name() + ") does not count: a stronger source has it\n");
            }
        }
        return told.toString();
    }

    private static boolean isLive(String key) {
        return SettingsTable.rows().stream().anyMatch(row -> row.fullKey().equals(key) && SettingsTable.isLive(row));
    }

    private static int serve(Settings settings, SettingsWatch watch, Appendable err) throws IOException {
        URI files = archive();
        Starter starter = new Starter(settings, watch);
        OwnServer server = new OwnServer(settings, files, starter);
        AtomicBoolean ended = new AtomicBoolean();
        try {
            server.listen();
            starter.url = server.url();
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                starter.drain();
                if (end(server, ended)) {
                    await(main);
                }
            }, "rivulet-end"));
            server.start();
            server.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            end(server, ended);
            err.append("Rivulet does not start: ").append(e.getMessage()).append('\n');
            return FAILED;
        }
        return DONE;
    }

    /** Ends the server, once; false when somebody has done so. */
    private static boolean end(OwnServer server, AtomicBoolean ended) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        server.close();
        return true;
    }

    /** The main thread has the unpacked libraries to delete; the process ends when this returns. */
    private static void await(Thread main) {
        try {
            main.join(FAREWELL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The root of the WAR that this class comes from. */
    private static URI archive() {
        String classes = ServeCommand.class.getProtectionDomain().getCodeSource().getLocation().toString();
        if (!classes.startsWith("jar:")) {
            throw new BadSetting("a server is in the WAR alone; mvn package -DskipTests makes target/rivulet.war, and "
                + "mvn jetty:run serves without one");
        }
        return URI.create(classes.substring(0, classes.indexOf("!/") + 2));
    }

    /**
     * Jetty logs a warning for some of what strangers send, such as a request with two hosts. So its lines have a
     * bound, as those have that the hub writes. Any thread.
     */
    private static final class JettyLines implements Filter {
        private static final int LINES_MAX = 60;
        private final LineBudget lines = new LineBudget(LINES_MAX, () -> System.nanoTime() / 1_000_000);

        @Override
        public boolean isLoggable(LogRecord line) {
            String logger = line.getLoggerName();
            long untold = logger == null || !logger.startsWith("org.eclipse.jetty") ? 0 : lines.admit();
            if (untold > 0) {
                line.setMessage(line.getMessage() + " (" + untold + " more lines of Jetty's were not logged)");
            }
            return untold >= 0;
        }
    }

    /** Starts and ends the hub with the application. */
    private static final class Starter implements ServletContextListener {
        private final Settings settings;
        private final SettingsWatch watch;
        private String url;
        private volatile Assembly assembly;
        private volatile Hub hub;

        Starter(Settings settings, SettingsWatch watch) {
            this.settings = settings;
            this.watch = watch;
        }

        @Override
        public void contextInitialized(ServletContextEvent event) {
            assembly = Assembly.start(event.getServletContext(), settings, Mount.WAR, url).watchedBy(watch);
            hub = assembly.hub();
        }

        /** Lets the streams go, while everything else is served as ever. Whatever it meets, the server ends. */
        void drain() {
            Hub open = hub;
            if (open != null) {
                try {
                    open.drain().begin().join();
                } catch (RuntimeException | Error e) {
                    LOG.warn("the streams end all at once", e);
                }
            }
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            if (assembly != null) {
                assembly.close();
            }
        }
    }
}
