package io.rivulet.hub;

import io.rivulet.config.Settings;
import io.rivulet.limit.Refused;

/** The rules of the log, whatever the door. */
final class PublishRules {

    PublishRules(Settings settings) {
    }

    void check(Publication publication) {
        if (!publication.events().stream().allMatch(e -> publication.grant().mayPublish(e.topics()))) {
            throw Refused.because(Refused.Reason.FORBIDDEN, "the caller may not publish here");
        }
    }
}
