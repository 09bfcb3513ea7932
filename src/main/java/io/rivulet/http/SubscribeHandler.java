package io.rivulet.http;

import io.rivulet.auth.Grant;
import io.rivulet.limit.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Opens a stream. */
final class SubscribeHandler {

    SubscribeHandler(HubContext context) {
    }

    void handle(HttpServletRequest request, HttpServletResponse response, Grant grant) throws IOException {
        throw Refused.because(Refused.Reason.NOT_FOUND, "streams are not built yet");
    }
}
