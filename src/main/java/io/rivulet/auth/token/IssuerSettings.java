package io.rivulet.auth.token;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Roles;
import io.rivulet.auth.Use;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Issuers;
import io.rivulet.config.Issuers.KeyUse;
import io.rivulet.config.Secret;
import io.rivulet.config.Section;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the issuers of tokens from the settings. {@link TokenVerifier#of} uses it once, at start.
 *
 * <p>A hub that starts with a doubtful key would accept tokens that nobody meant to accept. So the start refuses
 * everything that could not be safe: an issuer without keys, a key without an issuer, an issuer with a name of the
 * hub's own.
 */
final class IssuerSettings {

    /** Issuers in the grants of callers without a token: no issuer of tokens may have such a name. */
    private static final List<String> OURS =
        List.of(Grant.DEV.issuer(), Grant.INTERNAL.issuer(), Roles.ISSUER);

    private final Settings settings;
    private final InstantSource clock;

    private IssuerSettings(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * All issuers; none when none is configured.
     *
     * @throws BadSetting for the first that cannot be meant
     */
    static List<Issuer> read(Settings settings, InstantSource clock) {
        IssuerSettings reader = new IssuerSettings(settings, clock);
        List<Issuer> issuers = new ArrayList<>();
        try {
            for (Section section : settings.sections(Issuers.FAMILY).values()) {
                issuers.add(reader.issuer(section));
            }
            if (!issuers.isEmpty() && settings.get(SettingsTable.RESOURCE).isEmpty()
                && !settings.get(SettingsTable.MERCURE_LEGACY)) {
                throw new BadSetting(SettingsTable.RESOURCE.fullKey() + " is needed where tokens are accepted: the "
                    + "hub's own URL, such as https://example.com/.well-known/mercure, which a token's aud must name");
            }
        } catch (BadSetting e) {
            issuers.forEach(issuer -> issuer.keys().close());
            throw e;
        }
        return List.copyOf(issuers);
    }

    private Issuer issuer(Section section) {
        String name = section.get(Issuers.ISSUER).orElse(null);
        if (name == null && !settings.get(SettingsTable.MERCURE_LEGACY)) {
            throw new BadSetting(section.key(Issuers.ISSUER) + " is missing: keys are bound to who issues the tokens "
                + "(only tokens of Mercure 0.x, " + SettingsTable.MERCURE_LEGACY.fullKey() + "=true, need not say it)");
        }
        if (name != null && OURS.contains(name)) {
            throw new BadSetting(section.key(Issuers.ISSUER) + " is \"" + name + "\", which this hub calls its own");
        }
        List<String> servers = section.get(Issuers.SERVERS);
        if (servers.isEmpty() && name != null && isUrl(name)) {
            servers = List.of(name);
        }
        return new Issuer(section.label(), name, uses(section.get(Issuers.USE)), keys(section), servers);
    }

    private KeySource keys(Section section) {
        boolean key = section.get(Issuers.KEY).isPresent();
        boolean jwks = section.get(Issuers.JWKS).isPresent();
        if (key == jwks) {
            throw new BadSetting((key ? "both " : "neither ") + section.key(Issuers.KEY)
                + (key ? " and " : " nor ") + section.key(Issuers.JWKS) + (key ? " are set; one" : " is set; one")
                + " of them says how tokens are checked");
        }
        List<String> allowed = section.get(Issuers.ALGORITHM);
        for (String algorithm : allowed) {
            if (!Algorithms.isKnown(algorithm)) {
                throw new BadSetting(section.key(Issuers.ALGORITHM) + " is \"" + algorithm + "\", but must be of "
                    + Algorithms.all());
            }
        }
        try {
            return key ? keys(section.get(Issuers.KEY).get(), allowed)
                : JwksSource.of(section.get(Issuers.JWKS).get(), allowed,
                    settings.get(SettingsTable.TOKEN_JWKS_AGE), clock);
        } catch (IllegalArgumentException e) {
            throw new BadSetting(section.key(key ? Issuers.KEY : Issuers.JWKS) + ": " + e.getMessage());
        }
    }

    private KeySource keys(Secret setting, List<String> allowed) {
        return setting.reveal().startsWith(KeyTexts.FILE) ? new FileKeys(setting, allowed, clock)
            : KeySource.of(KeyTexts.read(setting, allowed));
    }

    private static Set<Use> uses(KeyUse use) {
        return switch (use) {
            case PUBLISH -> EnumSet.of(Use.PUBLISH);
            case SUBSCRIBE -> EnumSet.of(Use.SUBSCRIBE);
            case BOTH -> EnumSet.allOf(Use.class);
        };
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        } catch (java.net.URISyntaxException e) {
            return false;
        }
    }
}
