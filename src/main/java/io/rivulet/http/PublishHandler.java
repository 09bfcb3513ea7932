package io.rivulet.http;

import io.rivulet.auth.Grant;
import io.rivulet.limit.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Publishes what a request holds. */
final class PublishHandler {

    PublishHandler(HubContext context) {
    }

    void handle(HttpServletRequest request, HttpServletResponse response, Grant grant) throws IOException {
        throw Refused.because(Refused.Reason.NOT_FOUND, "publishing is not built yet");
    }
}
