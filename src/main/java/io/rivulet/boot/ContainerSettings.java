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
        Map<String, String> context = new HashMap<>();
        Collections.list(application.getInitParameterNames())
            .forEach(key -> context.put(key, application.getInitParameter(key)));
        return HostSettings.load(context);
    }
}
