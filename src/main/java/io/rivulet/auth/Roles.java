package io.rivulet.auth;

import io.rivulet.config.BadSetting;
import io.rivulet.config.RoleRights;
import io.rivulet.config.Section;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The rights of users whom the container itself let in, by their roles: the settings map each role to topics. The doors
 * ask when a request shows no token. Immutable, any thread.
 */
public final class Roles {

    /** The issuer in their grants. */
    public static final String ISSUER = "container";

    private record Role(String name, List<TopicMatcher> publishes, List<TopicMatcher> subscribes, boolean operates) {
    }

    private final List<Role> roles = new ArrayList<>();

    /**
     * As the settings {@code rivulet.role.<name>.…} say.
     *
     * @throws BadSetting when a topic cannot be read
     */
    public Roles(Settings settings, TopicSpace topics) {
        for (Section section : settings.sections(RoleRights.FAMILY).values()) {
            roles.add(new Role(section.name(), matchers(section, RoleRights.PUBLISH, topics),
                matchers(section, RoleRights.SUBSCRIBE, topics), section.get(RoleRights.OPERATE)));
        }
    }

    /** Whether any role is mapped. */
    public boolean isConfigured() {
        return !roles.isEmpty();
    }

    /**
     * The rights of all roles that this user has, together.
     *
     * @param user           as the container names the user
     * @param isUserInRole   asks the container
     * @return null when no mapped role fits
     */
    public Grant grant(String user, Predicate<String> isUserInRole) {
        List<TopicMatcher> publishes = new ArrayList<>();
        List<TopicMatcher> subscribes = new ArrayList<>();
        boolean operates = false;
        boolean any = false;
        for (Role role : roles) {
            if (isUserInRole.test(role.name())) {
                any = true;
                publishes.addAll(role.publishes());
                subscribes.addAll(role.subscribes());
                operates |= role.operates();
            }
        }
        return any ? Grant.of(ISSUER, user, GrantedTopics.of(publishes), GrantedTopics.of(subscribes), operates)
            : null;
    }

    private static List<TopicMatcher> matchers(Section section, Setting<List<String>> member, TopicSpace topics) {
        List<TopicMatcher> matchers = new ArrayList<>();
        for (String text : section.get(member)) {
            try {
                matchers.add(topics.written(text));
            } catch (Refused e) {
                throw new BadSetting(section.key(member) + ": " + e.getMessage() + ": " + text);
            }
        }
        return List.copyOf(matchers);
    }
}
