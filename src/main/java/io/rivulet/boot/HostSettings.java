package io.rivulet.boot;

import io.rivulet.config.BadSetting;
import io.rivulet.config.SettingSources;
import io.rivulet.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the settings on this machine, the container's base folder and the system's temporary one. {@link
 * ContainerSettings} and {@link DataFolder} use it, at the start; so does an application that gives its own settings.
 */
public final class HostSettings {

    private static final String FILE = "rivulet.properties";
    private static final String ENVIRONMENT = "RIVULET_";
    private static final List<String> BASES = List.of("catalina.base", "jetty.base");
    private static final int BYTE_ORDER_MARK = 0xFEFF;
    private static final Logger LOG = LoggerFactory.getLogger(HostSettings.class);

    private HostSettings() {
    }

    /**
     * The settings in force.
     *
     * @param context the parameters of the servlet context, where there is one
     * @throws BadSetting for the first that cannot be meant; the message names the key
     */
    static Settings load(Map<String, String> context) {
        return Settings.of(find(context, usual()).sources());
    }

    /** Where the container's file of settings is looked for when none is named; null without a container. */
    private static Path usual() {
        Path base = base();
        return base == null ? null : base.resolve("conf").resolve(FILE);
    }

    /** Puts live settings in force when the file changes that {@link #load} has read, or would have; null for none. */
    static SettingsWatch watch(Settings settings, Map<String, String> context) {
        return watch(settings, usual(), () -> find(context, usual()));
    }

    /** The same where there is no container. */
    static SettingsWatch watchOfCommand(Settings settings, Supplier<SettingSources> again) {
        return watch(settings, Path.of(FILE), again);
    }

    private static SettingsWatch watch(Settings settings, Path usual, Supplier<SettingSources> again) {
        String named = System.getProperty(SettingSources.CONFIG);
        String file = named != null ? named : SettingSources.configFile(Map.of(), System.getenv());
        Path path = file != null ? Path.of(file) : usual;
        return path == null ? null : new SettingsWatch(settings, path, () -> again.get().sources());
    }

    /**
     * Settings that an application gives, by their keys or by their names in the environment; those are stronger, and
     * what is no setting among them is passed over, as in the environment itself.
     *
     * @throws BadSetting for the first that cannot be meant; the message names the key
     */
    public static Settings given(Map<String, String> settings) {
        Map<String, String> keys = new HashMap<>();
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> (name.startsWith(ENVIRONMENT) ? environment : keys).put(name, value));
        SettingSources found = SettingSources.of(Map.of(), environment, Map.of(), "given by the application", keys);
        tellIgnored(found);
        return Settings.of(found.sources());
    }

    /**
     * What is set where there is no container; a file beside the command is the one that is read unless another is
     * named.
     *
     * @throws BadSetting when the file cannot be read
     */
    static SettingSources ofCommand() {
        return find(Map.of(), Path.of(FILE));
    }

    private static SettingSources find(Map<String, String> context, Path usual) {
        Map<String, String> system = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(key -> system.put(key, System.getProperty(key)));
        Map<String, String> environment = System.getenv();
        Map<String, String> file = new HashMap<>();
        String fileName = readFile(SettingSources.configFile(system, environment), usual, file);
        SettingSources found = SettingSources.of(system, environment, context, fileName, file);
        tellIgnored(found);
        return found;
    }

    private static void tellIgnored(SettingSources found) {
        if (!found.ignored().isEmpty()) {
            LOG.info("no settings of the hub, ignored in the environment: {}", String.join(", ", found.ignored()));
        }
    }

    /** The folder that the container calls its own and that survives its restarts, or null. */
    static Path base() {
        for (String property : BASES) {
            String value = System.getProperty(property);
            if (value != null && Files.isDirectory(Path.of(value))) {
                return Path.of(value);
            }
        }
        return null;
    }

    /** Whether who starts the JVM says how it is to log. */
    static boolean sayHowToLog() {
        return System.getProperty("java.util.logging.config.file") != null
            || System.getProperty("java.util.logging.config.class") != null;
    }

    /** Where the system keeps what need not last; null where it does not say. */
    static Path temporary() {
        String folder = System.getProperty("java.io.tmpdir");
        return folder == null || folder.isEmpty() ? null : Path.of(folder);
    }

    /** Reads the file that is named, else the usual one, else that of the class path; says which. */
    private static String readFile(String named, Path usual, Map<String, String> into) {
        Path path = named != null ? Path.of(named) : usual;
        try {
            if (path != null && (named != null || Files.isReadable(path))) {
                try (Reader reader = Files.newBufferedReader(path)) {
                    read(reader, into);
                }
                LOG.info("settings from {}", path);
                return path.toString();
            }
            try (InputStream resource = HostSettings.class.getClassLoader().getResourceAsStream(FILE)) {
                if (resource != null) {
                    read(new InputStreamReader(resource, StandardCharsets.UTF_8), into);
                }
            }
            return FILE + " of the class path";
        } catch (CharacterCodingException e) {
            throw new BadSetting(path + " is no valid UTF-8: save it as UTF-8");
        } catch (IOException | IllegalArgumentException e) {
            throw new BadSetting((named == null ? "" : SettingSources.CONFIG + " is \"" + named + "\", but ")
                + path + " cannot be read: " + e);
        }
    }

    /** A byte order mark, which some editors write, is no part of the first key. */
    private static void read(Reader from, Map<String, String> into) throws IOException {
        Properties properties = new Properties();
        BufferedReader reader = new BufferedReader(from);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        properties.load(reader);
        properties.stringPropertyNames().forEach(key -> into.put(key, properties.getProperty(key)));
    }
}
