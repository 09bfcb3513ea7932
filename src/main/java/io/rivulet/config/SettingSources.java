package io.rivulet.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sources of settings, the strongest first: system properties, environment, context parameters, a file. The start
 * collects them, {@link Settings#of} reads them. Pure: the caller gives what it found.
 *
 * @param sources what {@link Settings#of} reads
 * @param ignored names in the environment that begin as ours do and are none: Kubernetes sets {@code RIVULET_PORT} and
 *                others for a service called rivulet, so these cannot be refused
 */
public record SettingSources(List<Source> sources, List<String> ignored) {

    /** One of the sources; the first in the list that has a key decides. */
    public record Source(String name, Map<String, String> values) {
        /** Keys are whole ({@code rivulet.dev}); an unknown one stops the start. */
        public Source {
            values = Map.copyOf(values);
        }
    }

    /** Names the file; the one key that is no row of the table. */
    public static final String CONFIG = Setting.PREFIX + "config";

    private static final String ENVIRONMENT_PREFIX = "RIVULET_";
    /** How Kubernetes tells pods of a service called rivulet: {@code RIVULET_PORT=tcp://10.0.0.1:80}. */
    private static final String KUBERNETES_LINK = "tcp://";

    /** {@code file} holds all keys of the file, with their prefix; {@code fileName} is for messages. */
    public static SettingSources of(Map<String, String> system, Map<String, String> environment,
                                    Map<String, String> context, String fileName, Map<String, String> file) {
        List<String> ignored = new ArrayList<>();
        List<Source> sources = List.of(
            new Source("system property", ours(system)),
            new Source("environment", environment(environment, ignored)),
            new Source("context parameter", ours(context)),
            new Source(fileName, file));
        return new SettingSources(sources, List.copyOf(ignored));
    }

    /** The file that system property or environment name, or null. */
    public static String configFile(Map<String, String> system, Map<String, String> environment) {
        String named = system.get(CONFIG);
        return named != null ? named : environment.get(CONFIG.toUpperCase(Locale.ROOT).replace('.', '_'));
    }

    /** The same with one source that is stronger than all others, and one that is weaker. */
    public SettingSources between(Source stronger, Source weaker) {
        List<Source> all = new ArrayList<>(sources);
        all.add(0, stronger);
        all.add(weaker);
        return new SettingSources(List.copyOf(all), ignored);
    }

    private static Map<String, String> ours(Map<String, String> all) {
        Map<String, String> ours = new HashMap<>();
        all.forEach((key, value) -> {
            if (key.startsWith(Setting.PREFIX)) {
                ours.put(key, value);
            }
        });
        return ours;
    }

    /**
     * The settings among the variables of the environment. A name such as {@code RIVULET_TOKEN_A_KEY} does not say
     * where its dots were, so it is looked up among the rows, and then among the families.
     */
    private static Map<String, String> environment(Map<String, String> all, List<String> ignored) {
        Map<String, String> keys = new TreeMap<>();
        SettingsTable.rows().forEach(row -> keys.put(row.environmentKey(), row.fullKey()));
        keys.put(CONFIG.toUpperCase(Locale.ROOT).replace('.', '_'), CONFIG);
        Map<String, String> ours = new HashMap<>();
        for (String name : new TreeSet<>(all.keySet())) {
            if (all.get(name).startsWith(KUBERNETES_LINK) && name.startsWith(ENVIRONMENT_PREFIX)) {
                ignored.add(name);
            } else if (keys.containsKey(name)) {
                ours.put(keys.get(name), all.get(name));
            } else if (name.startsWith(ENVIRONMENT_PREFIX)) {
                String key = familyKey(name.substring(ENVIRONMENT_PREFIX.length()));
                if (key != null) {
                    ours.put(key, all.get(name));
                } else {
                    String near = Nearest.to(name, keys.keySet());
                    ignored.add(near == null ? name : name + " (perhaps " + near + " is meant)");
                }
            }
        }
        return ours;
    }

    private static String familyKey(String name) {
        for (Family family : SettingsTable.families()) {
            Family.Member found = family.findInEnvironment(name);
            if (found != null) {
                return family.fullKey(found.section(), found.row());
            }
        }
        return null;
    }
}
