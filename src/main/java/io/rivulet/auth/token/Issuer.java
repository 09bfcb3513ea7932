package io.rivulet.auth.token;

import io.rivulet.auth.Use;
import java.util.List;
import java.util.Set;

/**
 * One section of the settings: somebody who issues tokens, and keys of theirs. Several may be of one issuer, with keys
 * for other uses.
 *
 * @param label   the section, for messages: {@code rivulet.token} or {@code rivulet.token.<name>}
 * @param name    what {@code iss} says; null when only tokens of Mercure 0.x come from there
 * @param uses    what its keys are good for
 * @param keys    them
 * @param servers authorization servers that clients are told of
 */
record Issuer(String label, String name, Set<Use> uses, KeySource keys, List<String> servers) {

    /** The issuer as grants say it: never empty, and never a name that another issuer could have. */
    String vouches() {
        return name == null ? "urn:rivulet:" + label : name;
    }
}
