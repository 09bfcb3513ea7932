package io.rivulet.auth.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.rivulet.auth.token.TokenMint.Topic;
import io.rivulet.config.Issuers;
import io.rivulet.config.Secret;
import io.rivulet.config.Section;
import io.rivulet.config.SettingSources;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.config.TimeText;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicLanguage;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The command {@code token}: words in, a token out. The launcher calls it, on the main thread of a process of its own,
 * and in dev mode the servlet that makes tokens for the page.
 * The hub's settings give whatever the words leave out.
 */
public final class TokenCommand {

    private static final String TOKEN_KEY = Issuers.FAMILY.fullKey("", Issuers.KEY);
    private static final String TOKEN_ISSUER = Issuers.FAMILY.fullKey("", Issuers.ISSUER);

    /** The help. */
    public static final String HELP = """
        token: makes a token, and prints it alone
          --publish TOPIC              may publish to this topic: a name, quotes/*, jobs/{id}, urlpattern:PATTERN,
                                       or * for all; repeatable, as are the next six
          --subscribe TOPIC            may read what is private of this topic, written the same way
          --publish-exact NAME         may publish to the topic of this very name, whatever is in it
          --subscribe-exact NAME       may read what is private of it
          --urlpattern PATTERN         may read what is private of the topics of this URL pattern
          --publish-urlpattern PATTERN may publish to the topics of this URL pattern
          --cancel TOPIC               may ask for the end of this topic, written as for --publish; who may publish
                                       to it may that, too
          --payload JSON               an object that the presence of its subscriptions carries
          --operate                    may operate the hub
          --ttl TIME                   how long it lasts: 90s, 15m, 1h (the default), 7d
          --subject NAME               whose it is
          --key SECRET | --key @FILE   signs it: a secret or a private key in PEM (others on this machine may see
                                       the words of a command: better @FILE); default %s
          --algorithm NAME             such as ES256; default what fits the key
          --issuer NAME                default %s
          --audience URL               the hub's URL; default %s
          --legacy                     a token of Mercure 0.x
          --dev                        all rights, and the key, issuer and audience of everybody's first hub
        The settings are those of the hub: the environment, or -D%s=FILE before -jar.
        """.formatted(TOKEN_KEY, TOKEN_ISSUER, SettingsTable.RESOURCE.fullKey(), SettingSources.CONFIG);

    private static final String NOT_IN_LEGACY = "a token of Mercure 0.x (--legacy) has no URL patterns, no "
        + "--cancel and no --operate; its topics may be URI templates";
    private static final String DEV_KEY = "!ChangeThisMercureHubJWTSecretKey!";
    private static final String DEV_ISSUER = "https://localhost";
    private static final String DEV_AUDIENCE = "https://localhost/.well-known/mercure";
    private static final Duration TTL_MAX = Duration.ofDays(3_650);

    private final List<Granted> publish = new ArrayList<>();
    private final List<Granted> subscribe = new ArrayList<>();
    private final List<Granted> cancel = new ArrayList<>();
    private JsonObject payload;
    private Duration ttl = Duration.ofHours(1);
    private String subject;
    private String key;
    private String algorithm;
    private String issuer;
    private String audience;
    private boolean operate;
    private boolean legacy;
    private boolean dev;

    private TokenCommand() {
    }

    /** One topic that is granted, as it was written. */
    private record Granted(String option, String text, Written as) {

        @Override
        public String toString() {
            return option + " " + text;
        }
    }

    /** How to read it. */
    private enum Written { LANGUAGE, EXACT, URL_PATTERN }

    /**
     * The token.
     *
     * @param words    those after the command's name
     * @param settings the hub's, for what the words leave out
     * @param warn     told what a person should know of a token that can be made
     * @throws IllegalArgumentException when it cannot be made; the message says what to write, never the key
     */
    public static String run(List<String> words, Settings settings, Instant now, Consumer<String> warn) {
        TokenCommand command = new TokenCommand();
        command.read(words);
        command.complete(settings);
        command.check();
        TopicSpace space = command.legacy ? null : TopicSpace.of(command.audience);
        List<Topic> publish = command.publish.stream().map(topic -> command.topic(topic, space)).toList();
        List<Topic> subscribe = command.subscribe.stream().map(topic -> command.topic(topic, space)).toList();
        List<Topic> cancel = command.cancel.stream().map(topic -> command.topic(topic, space)).toList();
        command.warn(settings, space, warn);
        return new TokenMint(command.issuer, command.audience, command.subject, command.ttl, publish, subscribe,
            cancel, command.payload, command.operate, command.legacy).mint(command.key, command.algorithm, now);
    }

    /** Whether the settings have a key that could sign a token of this hub's. */
    public static boolean canSign(Settings settings) {
        return settings.sections(Issuers.FAMILY).values().stream().anyMatch(section -> section.has(Issuers.KEY));
    }

    private void read(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "--operate" -> operate = true;
                case "--legacy" -> legacy = true;
                case "--dev" -> dev = true;
                default -> {
                    if (i + 1 == words.size() || isOption(words.get(i + 1))) {
                        throw new IllegalArgumentException(word.startsWith("--") ? word + " is unknown, or its value "
                            + "is missing" : "a word that belongs to nothing; options begin with --");
                    }
                    option(word, words.get(++i));
                }
            }
        }
    }

    /** A key in PEM begins with five of them. */
    private static boolean isOption(String word) {
        return word.startsWith("--") && !word.startsWith("---");
    }

    private void option(String name, String value) {
        switch (name) {
            case "--publish" -> publish.add(new Granted(name, value, Written.LANGUAGE));
            case "--subscribe" -> subscribe.add(new Granted(name, value, Written.LANGUAGE));
            case "--publish-exact" -> publish.add(new Granted(name, value, Written.EXACT));
            case "--subscribe-exact" -> subscribe.add(new Granted(name, value, Written.EXACT));
            case "--urlpattern" -> subscribe.add(new Granted(name, value, Written.URL_PATTERN));
            case "--publish-urlpattern" -> publish.add(new Granted(name, value, Written.URL_PATTERN));
            case "--cancel" -> cancel.add(new Granted(name, value, Written.LANGUAGE));
            case "--payload" -> payload = object(value);
            case "--ttl" -> ttl = time(value);
            case "--subject" -> subject = value;
            case "--key" -> key = KeyTexts.text(value.startsWith("@") ? KeyTexts.FILE + value.substring(1) : value);
            case "--algorithm" -> algorithm = value;
            case "--issuer" -> issuer = value;
            case "--audience" -> audience = value;
            default -> throw new IllegalArgumentException("the option " + name + " is unknown");
        }
    }

    private void complete(Settings settings) {
        if (dev) {
            key = key == null ? DEV_KEY : key;
            issuer = issuer == null ? DEV_ISSUER : issuer;
            audience = audience == null ? DEV_AUDIENCE : audience;
            if (publish.isEmpty() && subscribe.isEmpty()) {
                publish.add(new Granted("--dev", "*", Written.LANGUAGE));
                subscribe.add(new Granted("--dev", "*", Written.LANGUAGE));
                operate = !legacy;
            }
        }
        Section section = section(settings);
        if (section != null) {
            issuer = issuer == null ? section.get(Issuers.ISSUER).orElse(null) : issuer;
            if (key == null && section.has(Issuers.KEY)) {
                key = section.get(Issuers.KEY).map(Secret::reveal).map(KeyTexts::text).orElse(null);
                List<String> allowed = section.get(Issuers.ALGORITHM);
                algorithm = algorithm == null && !allowed.isEmpty() ? allowed.get(0) : algorithm;
            }
        }
        if (audience == null) {
            audience = settings.get(SettingsTable.RESOURCE).orElse(null);
        }
    }

    /** The first of the wanted issuer, or of any, that has a key. */
    private Section section(Settings settings) {
        return settings.sections(Issuers.FAMILY).values().stream()
            .filter(s -> issuer == null || s.get(Issuers.ISSUER).equals(Optional.of(issuer)))
            .filter(s -> s.has(Issuers.KEY)).findFirst().orElse(null);
    }

    private void check() {
        need(key, "--key SECRET or --key @FILE, or the setting " + TOKEN_KEY);
        if (publish.isEmpty() && subscribe.isEmpty() && cancel.isEmpty() && !operate) {
            throw new IllegalArgumentException("a token that grants nothing: --publish, --subscribe, --urlpattern");
        }
        if (legacy) {
            if (operate || !cancel.isEmpty()) {
                throw new IllegalArgumentException(NOT_IN_LEGACY);
            }
            return;
        }
        need(issuer, "--issuer NAME, or the setting " + TOKEN_ISSUER);
        need(audience, "--audience URL, or the setting " + SettingsTable.RESOURCE.fullKey());
    }

    /** The same as a matcher of a token. A hub would refuse the whole token for one that it cannot read. */
    private Topic topic(Granted granted, TopicSpace space) {
        try {
            String text = io.rivulet.topic.Topic.checkText(granted.text(), Integer.MAX_VALUE);
            if (granted.as() == Written.EXACT) {
                return new Topic(text, false);
            }
            String pattern = granted.as() == Written.URL_PATTERN ? text : TopicLanguage.asUrlPattern(text);
            if (legacy) {
                if (granted.as() == Written.URL_PATTERN || text.startsWith(TopicLanguage.URL_PATTERN)) {
                    throw new IllegalArgumentException(NOT_IN_LEGACY);
                }
                return new Topic(TopicLanguage.asTemplate(text), false);
            }
            if (pattern == null) {
                return new Topic(text, false);
            }
            TopicMatcher matcher = space.urlPattern(pattern);
            boolean own = granted.as() == Written.URL_PATTERN || text.startsWith(TopicLanguage.URL_PATTERN);
            if (!own && !matcher.matches(TopicLanguage.example(text))) {
                throw new IllegalArgumentException("no URL pattern says the same; write one: " + granted);
            }
            return new Topic(pattern, true);
        } catch (Refused e) {
            throw new IllegalArgumentException(e.getMessage() + ": " + granted, e);
        }
    }

    /** Tells of topics that are granted and that no event can have, and of a token that a hub would not take. */
    private void warn(Settings settings, TopicSpace space, Consumer<String> warn) {
        for (Granted granted : publish) {
            if (space != null && isName(granted) && space.isReserved(granted.text())) {
                warn.accept(granted + " grants nothing: nobody may publish there, it is the hub's own");
            }
        }
        List<Granted> all = new ArrayList<>(publish);
        all.addAll(subscribe);
        all.addAll(cancel);
        for (Granted granted : all) {
            if (isOneNameWithMarks(granted)) {
                warn.accept(granted + " is the one topic of this very name; a beginning ends in *, a URI template has "
                    + "names in braces, and a URL pattern is written " + TopicLanguage.URL_PATTERN + "…");
            }
        }
        int most = settings.get(SettingsTable.TOKEN_MATCHERS_MAX);
        if (all.size() > most) {
            warn.accept("the token has " + all.size() + " topics; a hub takes " + most + " ("
                + SettingsTable.TOKEN_MATCHERS_MAX.fullKey() + ")");
        }
    }

    /** Whether a name looks as if more than one topic were meant. */
    private static boolean isOneNameWithMarks(Granted granted) {
        return isName(granted) && !granted.text().equals("*") && granted.text().matches(".*[{}*].*");
    }

    private static boolean isName(Granted granted) {
        return granted.as() == Written.EXACT
            || granted.as() == Written.LANGUAGE && TopicLanguage.asUrlPattern(granted.text()) == null;
    }

    private static void need(String value, String what) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("missing: " + what);
        }
    }

    private static JsonObject object(String text) {
        try {
            JsonElement json = JsonParser.parseString(text);
            if (json.isJsonObject()) {
                return json.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("--payload is no JSON", e);
        }
        throw new IllegalArgumentException("--payload is no JSON object");
    }

    private static Duration time(String text) {
        Duration time;
        try {
            time = TimeText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--ttl " + e.getMessage(), e);
        }
        if (time.toSeconds() < 1 || time.compareTo(TTL_MAX) > 0) {
            throw new IllegalArgumentException("--ttl must be 1s to " + TTL_MAX.toDays() + "d");
        }
        return time;
    }
}
