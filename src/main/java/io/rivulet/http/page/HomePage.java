package io.rivulet.http.page;

import com.google.gson.Gson;
import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.Issuers;
import io.rivulet.config.RoleRights;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text of the home page: a template whose {@code {{names}}} are filled with escaped values. {@link HomeServlet}
 * uses it. The differences between installations are decided here, so the page's scripts decide nothing. Immutable, any
 * thread.
 */
final class HomePage {

    private static final Pattern NAME = Pattern.compile("\\{\\{([a-z-]+)}}");
    private static final String HIDDEN = "hidden";
    private static final String LOGS = "logs/";

    private final String template;
    private final Map<String, String> values = new HashMap<>();

    /**
     * The page of this installation.
     *
     * @param topics    what the feeds publish to
     * @param simulated whether the quotes are made up
     * @param answers   whether a feed writes texts for those who ask
     */
    HomePage(String template, Settings settings, List<String> topics, boolean simulated, boolean answers) {
        this.template = template;
        boolean dev = settings.get(SettingsTable.DEV);
        boolean host = topics.contains("host");
        String logs = topics.stream().filter(topic -> topic.startsWith(LOGS)).collect(Collectors.joining(", "));
        values.put("topics", new Gson().toJson(topics));
        values.put("speed", settings.get(SettingsTable.FEED_EARTHQUAKES_SPEED).toString());
        values.put("logs", logs);
        boolean tokens = !settings.sections(Issuers.FAMILY).isEmpty();
        boolean logins = !settings.sections(RoleRights.FAMILY).isEmpty();
        boolean off = !dev && !tokens && !logins;
        values.put("publishing-off-hidden", off ? "" : HIDDEN);
        values.put("publishing-off-disabled", off ? "disabled" : "");
        values.put("publishing-login-hidden", logins && !dev && !tokens ? "" : HIDDEN);
        values.put("token-hidden", tokens ? "" : HIDDEN);
        values.put("token-hint", dev ? "not needed on the hub's own machine"
            : logins ? "needed without a login of this server" : "publishing takes one that grants the topic");
        values.put("host-on-hidden", host ? HIDDEN : "");
        values.put("host-off-hidden", host ? "" : HIDDEN);
        values.put("logs-on-hidden", logs.isEmpty() ? "" : HIDDEN);
        values.put("logs-off-hidden", logs.isEmpty() ? HIDDEN : "");
        boolean shown = dev || topics.stream().filter(topic -> topic.startsWith(LOGS))
            .allMatch(topic -> settings.isPublicLog(topic.substring(LOGS.length())));
        values.put("logs-private-hidden", shown ? HIDDEN : "");
        values.put("simulated-hidden", simulated ? "" : HIDDEN);
        values.put("answers", answers ? "on" : "");
        values.put("answers-on-hidden", answers ? HIDDEN : "");
        values.put("answers-off-hidden", answers ? "" : HIDDEN);
        boolean signs = TokenCommand.canSign(settings);
        values.put("mint-hidden", dev ? "" : HIDDEN);
        values.put("mint-key-hidden", signs ? HIDDEN : "");
        values.put("mint-form-hidden", signs ? "" : HIDDEN);
        values.put("version", version());
        values.put("updates", "");
        fill("");
    }

    /** The version that the build has written down. */
    private static String version() {
        try (InputStream in = HomePage.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("version.txt belongs to this class and cannot be read", e);
        }
    }

    /** The page as it is asked for; {@code updates} is the whole URL of the hub's resource. */
    String fill(String updates) {
        StringBuilder page = new StringBuilder(template.length() + 1_024);
        Matcher names = NAME.matcher(template);
        while (names.find()) {
            String value = names.group(1).equals("updates") ? updates : values.get(names.group(1));
            if (value == null) {
                throw new IllegalStateException("the template of the home page names " + names.group());
            }
            names.appendReplacement(page, Matcher.quoteReplacement(escape(value)));
        }
        return names.appendTail(page).toString();
    }

    /** Safe between tags and in quoted attributes. */
    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
            .replace("'", "&#39;");
    }
}
