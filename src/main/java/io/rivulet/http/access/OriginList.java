package io.rivulet.http.access;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Origins of a setting, among which {@code https://*.example.com} stands for each name one label below. {@link Cors}
 * has one. Immutable, any thread.
 *
 * <p>Whoever may register a name that matches may read what the hub's users may. So the star is one label, and never
 * stands right before a suffix below which strangers register names.
 */
final class OriginList {

    private static final String STAR = "://*.";
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_-]+");
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    /** Below a country's domain these are the registry's own, as in co.uk; the list of all has ten thousand rows. */
    private static final Set<String> OF_REGISTRIES = Set.of("ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "gv",
        "id", "info", "ltd", "me", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch", "web");
    /** Where strangers get a name for nothing. */
    private static final Set<String> OF_HOSTERS = Set.of("github.io", "gitlab.io", "pages.dev", "workers.dev",
        "vercel.app", "netlify.app", "web.app", "firebaseapp.com", "appspot.com", "run.app", "herokuapp.com",
        "azurewebsites.net", "cloudfront.net", "amazonaws.com", "onrender.com", "fly.dev", "blogspot.com", "ngrok.io",
        "ngrok.app", "ngrok-free.app", "trycloudflare.com", "surge.sh", "glitch.me", "repl.co", "deno.dev");

    /** What stands before a label, and what behind it. */
    private record Around(String before, String behind) {

        boolean holds(String origin) {
            return origin.length() > before.length() + behind.length() && origin.startsWith(before)
                && origin.endsWith(behind)
                && LABEL.matcher(origin.substring(before.length(), origin.length() - behind.length())).matches();
        }
    }

    private final Set<String> named;
    private final List<Around> below = new ArrayList<>();

    /**
     * The origins of this setting.
     *
     * @throws BadSetting when it holds what no browser ever sends, or a star before a suffix that is anybody's
     */
    OriginList(Settings settings, Setting<List<String>> setting) {
        List<String> plain = new ArrayList<>();
        for (String origin : settings.get(setting)) {
            int star = origin.indexOf(STAR);
            if (star < 0) {
                Origins.check(origin, setting.fullKey());
                plain.add(origin);
                continue;
            }
            String behind = origin.substring(star + STAR.length() - 1);
            Origins.check(origin.substring(0, star) + "://x" + behind, setting.fullKey());
            String host = PORT.matcher(behind.substring(1)).replaceFirst("");
            if (isAnybodys(host)) {
                throw new BadSetting(setting.fullKey() + " holds \"" + origin + "\": strangers have names below " + host
                    + "; write one label more, such as https://*.example." + host);
            }
            below.add(new Around(origin.substring(0, star + STAR.length() - 2), behind));
        }
        named = Set.copyOf(plain);
    }

    /** Whether strangers register names below this host. */
    private static boolean isAnybodys(String host) {
        String[] labels = host.split("\\.", -1);
        String last = labels[labels.length - 1];
        boolean ofRegistry = labels.length == 2 && last.length() == 2 && OF_REGISTRIES.contains(labels[0]);
        return labels.length < 2 || last.isEmpty() || Character.isDigit(last.charAt(0)) || ofRegistry
            || OF_HOSTERS.contains(host);
    }

    boolean isEmpty() {
        return named.isEmpty() && below.isEmpty();
    }

    /** Whether this origin is one of them. */
    boolean contains(String origin) {
        return named.contains(origin) || below.stream().anyMatch(around -> around.holds(origin));
    }
}
