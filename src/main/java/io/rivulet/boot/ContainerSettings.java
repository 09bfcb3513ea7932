package io.rivulet.boot;

import io.rivulet.config.Settings;
import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the settings in a servlet container: the parameters of the context, and those of the machine. {@link Assembly}
 * uses it for the WAR, at the start.
 */
final class ContainerSettings {

    private ContainerSettings() {
    }

    /**
     * The settings in force.
     *
     * @throws io.rivulet.config.BadSetting for the first that cannot be meant; the message names the key
     */
    static Settings load(ServletContext application) {
        return HostSettings.load(parameters(application));
    }

    /** Puts live settings in force when their file changes; null where there is none. */
    static SettingsWatch watch(ServletContext application, Settings settings) {
        return HostSettings.watch(settings, parameters(application));
    }

    private static Map<String, String> parameters(ServletContext application) {
        Map<String, String> context = new HashMap<>();
        Collections.list(application.getInitParameterNames())
            .forEach(key -> context.put(key, application.getInitParameter(key)));
        return context;
    }
}
