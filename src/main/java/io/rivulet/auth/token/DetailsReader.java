package io.rivulet.auth.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant.Payload;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the rights of a 1.0 token: its {@code authorization_details} (RFC 9396, Mercure 1.0). {@link TokenRules} use
 * it. Any thread.
 *
 * <p>One detail that is not as it must be makes the whole token invalid: a bearer would otherwise have some of the
 * rights and look in vain for the fault. The number of details and matchers is bounded, since each is compiled.
 */
final class DetailsReader {

    /** Mercure's own type; compared byte by byte (AD-01). */
    static final String MERCURE = "https://mercure.rocks/authorization-detail";
    /** This hub's own type, for a right that Mercure does not know: the action is {@code operate}. */
    static final String RIVULET = "urn:rivulet:authorization-detail";
    static final String OPERATE = "operate";
    /** An action in a detail of Mercure's that this hub alone knows. */
    static final String CANCEL = "cancel";

    private final TopicSpace topics;
    private final int detailsMax;
    private final int matchersMax;
    private final int matcherBytesMax;

    DetailsReader(Settings settings, TopicSpace topics) {
        this.topics = topics;
        this.detailsMax = settings.get(SettingsTable.TOKEN_DETAILS_MAX);
        this.matchersMax = settings.get(SettingsTable.TOKEN_MATCHERS_MAX);
        this.matcherBytesMax = settings.get(SettingsTable.TOPIC_BYTES_MAX);
    }

    /** The rights that have been read so far. */
    private static final class Found {
        final List<TopicMatcher> publishes = new ArrayList<>();
        final List<TopicMatcher> subscribes = new ArrayList<>();
        final List<TopicMatcher> cancels = new ArrayList<>();
        final List<Payload> payloads = new ArrayList<>();
        boolean operates;
        int matchers;
    }

    /**
     * The rights; none when there are no details of Mercure's (AD-06).
     *
     * @throws BadToken when a detail breaks a rule or there are too many
     */
    TokenRights read(JsonObject claims) {
        JsonElement claim = claims.get(ParsedToken.DETAILS);
        if (claim == null) {
            return TokenRights.NONE;
        }
        if (!claim.isJsonArray()) {
            throw new BadToken("its authorization_details is no array");
        }
        JsonArray details = claim.getAsJsonArray();
        if (details.size() > detailsMax) {
            throw new BadToken("it has " + details.size() + " authorization details; at most " + detailsMax + " ("
                + SettingsTable.TOKEN_DETAILS_MAX.fullKey() + ")");
        }
        Found found = new Found();
        for (int i = 0; i < details.size(); i++) {
            String where = "authorization_details[" + i + "]";
            if (!details.get(i).isJsonObject()) {
                throw new BadToken(where + " is no object");
            }
            JsonObject detail = details.get(i).getAsJsonObject();
            String type = string(detail.get("type"));
            if (MERCURE.equals(type)) {
                readMercure(detail, where, found);
            } else if (RIVULET.equals(type)) {
                found.operates |= actions(detail, where).contains(OPERATE);
            }
        }
        return new TokenRights(GrantedTopics.of(found.publishes), GrantedTopics.of(found.subscribes),
            List.copyOf(found.payloads), found.operates, GrantedTopics.of(found.cancels));
    }

    /**
     * A detail of Mercure's; an action that this hub does not know grants nothing. It also knows {@code cancel}: to ask
     * for the end of topics, without the right to publish to them.
     */
    private void readMercure(JsonObject detail, String where, Found found) {
        List<String> actions = actions(detail, where);
        List<TopicMatcher> matchers = matchers(detail, where, found);
        if (actions.contains("publish")) {
            found.publishes.addAll(matchers);
        }
        if (actions.contains(CANCEL)) {
            found.cancels.addAll(matchers);
        }
        JsonElement payload = detail.get("payload");
        boolean none = payload == null || payload.isJsonNull();
        if (!none && !payload.isJsonObject()) {
            throw new BadToken(where + ".payload is no object");
        }
        if (actions.contains("subscribe")) {
            found.subscribes.addAll(matchers);
            found.payloads.add(new Payload(GrantedTopics.of(matchers), none ? null : payload.toString()));
        }
    }

    private static List<String> actions(JsonObject detail, String where) {
        List<String> actions = new ArrayList<>();
        for (JsonElement action : array(detail, "actions", where)) {
            String text = string(action);
            if (text == null) {
                throw new BadToken(where + ".actions has an entry that is no string");
            }
            actions.add(text);
        }
        return actions;
    }

    private List<TopicMatcher> matchers(JsonObject detail, String where, Found found) {
        List<TopicMatcher> matchers = new ArrayList<>();
        JsonArray list = array(detail, "topics", where);
        found.matchers += list.size();
        if (found.matchers > matchersMax) {
            throw new BadToken("it has more than " + matchersMax + " matchers ("
                + SettingsTable.TOKEN_MATCHERS_MAX.fullKey() + ")");
        }
        for (int i = 0; i < list.size(); i++) {
            matchers.add(matcher(list.get(i), where + ".topics[" + i + "]"));
        }
        return matchers;
    }

    private TopicMatcher matcher(JsonElement json, String where) {
        if (!json.isJsonObject()) {
            throw new BadToken(where + " is no object with match");
        }
        String match = string(json.getAsJsonObject().get("match"));
        if (match == null || match.isEmpty()) {
            throw new BadToken(where + " has no match");
        }
        int bytes = match.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > matcherBytesMax) {
            throw new BadToken(where + ".match has " + bytes + " bytes; at most " + matcherBytesMax + " ("
                + SettingsTable.TOPIC_BYTES_MAX.fullKey() + ")");
        }
        int hidden = Topic.firstHidden(match);
        if (hidden >= 0) {
            throw new BadToken(where + ".match holds the character " + Topic.name(match.codePointAt(hidden))
                + " at index " + hidden);
        }
        JsonElement named = json.getAsJsonObject().get("match_type");
        String type = named == null ? "exact" : string(named);
        if ("exact".equals(type)) {
            return topics.exact(match);
        }
        if (!"urlpattern".equals(type)) {
            throw new BadToken(where + ".match_type is none that this hub knows: exact, urlpattern");
        }
        try {
            return topics.urlPattern(match);
        } catch (Refused e) {
            throw new BadToken(where + ".match is no URL pattern that this hub reads: " + e.forTheLog());
        }
    }

    private static JsonArray array(JsonObject detail, String name, String where) {
        JsonElement value = detail.get(name);
        if (value == null || !value.isJsonArray() || value.getAsJsonArray().isEmpty()) {
            throw new BadToken(where + "." + name + " is no array, or an empty one");
        }
        return value.getAsJsonArray();
    }

    private static String string(JsonElement value) {
        return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
            ? value.getAsString() : null;
    }
}
