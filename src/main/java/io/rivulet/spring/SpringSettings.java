package io.rivulet.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * The settings of the hub as Spring's environment has them: command line, system properties, variables of the
 * environment, {@code application.properties} or YAML, in Spring's own order of strength. {@link HubLifecycle} asks at
 * the start. Pure.
 */
final class SpringSettings {

    /** Whether there is a hub; true unless it is said. */
    static final String ENABLED = "rivulet.enabled";

    private static final String KEYS = "rivulet.";
    private static final String VARIABLES = "RIVULET_";
    private static final String PREFIX = "rivulet.prefix";
    private static final String HOME_PAGE = "rivulet.home-page";
    private static final Set<String> OWN = Set.of(ENABLED, PREFIX, HOME_PAGE);

    private SpringSettings() {
    }

    /** Where in the application the hub stands. */
    static String prefix(ConfigurableEnvironment environment) {
        return environment.getProperty(PREFIX, "/live");
    }

    /** Whether its home page is wanted. */
    static boolean homePage(ConfigurableEnvironment environment) {
        return environment.getProperty(HOME_PAGE, Boolean.class, false);
    }

    /**
     * All that is set for the hub. A variable keeps its name, since only the hub knows where the dots were; it is left
     * out where Spring has given its value to the key that it stands for, which may come from a stronger source.
     */
    static Map<String, String> of(ConfigurableEnvironment environment) {
        Set<String> keys = new TreeSet<>();
        Set<String> variables = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                for (String name : names.getPropertyNames()) {
                    if (name.startsWith(KEYS)) {
                        keys.add(name.replaceFirst("\\[\\d+]$", ""));
                    } else if (name.startsWith(VARIABLES)) {
                        variables.add(name);
                    }
                }
            }
        }
        variables.removeIf(name -> keys.contains(key(name)) || OWN.contains(key(name).replace("home.", "home-")));
        keys.removeAll(OWN);
        Map<String, String> settings = new HashMap<>();
        keys.forEach(key -> settings.put(key, value(environment, key)));
        variables.forEach(name -> settings.put(name, environment.getProperty(name)));
        return settings;
    }

    private static String key(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** The value; a list, which YAML and properties number, as the hub writes one. */
    private static String value(ConfigurableEnvironment environment, String key) {
        String value = environment.getProperty(key);
        if (value != null) {
            return value;
        }
        List<String> parts = new ArrayList<>();
        for (String part = part(environment, key, 0); part != null; part = part(environment, key, parts.size())) {
            parts.add(part);
        }
        return String.join(",", parts);
    }

    private static String part(ConfigurableEnvironment environment, String key, int index) {
        return environment.getProperty(key + "[" + index + "]");
    }
}
