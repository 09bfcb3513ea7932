package io.rivulet.auth.token;

import io.rivulet.auth.Grant.Payload;
import io.rivulet.auth.GrantedTopics;
import java.util.List;

/** The rights that a token claims, before it is known what its key is good for. Immutable. */
record TokenRights(GrantedTopics publishes, GrantedTopics subscribes, List<Payload> payloads, boolean operates,
                   GrantedTopics cancels) {

    static final TokenRights NONE = new TokenRights(GrantedTopics.NONE, GrantedTopics.NONE, List.of(), false,
        GrantedTopics.NONE);
}
