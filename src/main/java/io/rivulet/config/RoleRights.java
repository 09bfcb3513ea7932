package io.rivulet.config;

import static io.rivulet.config.Family.member;

import java.util.List;

/** The family {@code role.}: the rights of the roles of the container's own logins. */
public final class RoleRights {

    public static final Setting<List<String>> PUBLISH = member("publish", Kind.TOPICS, "",
        "Topics that users of this role may publish to: names, quotes/*, jobs/{id}, urlpattern:…, or *.");
    public static final Setting<List<String>> SUBSCRIBE = member("subscribe", Kind.TOPICS, "",
        "Topics whose private events users of this role may read, written the same way.");
    public static final Setting<Boolean> OPERATE = member("operate", Kind.FLAG, "false",
        "Whether users of this role operate the hub: connections, bans, topics.");

    /** All of it; in the environment the roles' names are lower case. */
    public static final Family FAMILY = new Family("role.", false, List.of(PUBLISH, SUBSCRIBE, OPERATE));

    private RoleRights() {
    }
}
