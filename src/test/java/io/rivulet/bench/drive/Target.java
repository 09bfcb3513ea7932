package io.rivulet.bench.drive;

import io.rivulet.mercure.Token;

/**
 * A server as the driver sees it.
 *
 * @param name          in tables
 * @param port          on 127.0.0.1
 * @param subscribePath of the GET, with its query
 * @param publishPath   of the POST
 * @param contentType   of its body
 * @param bodyBefore    what comes before the event's data in the body
 * @param token         that publishers show; empty for none
 * @param process       whose CPU and memory is measured
 */
public record Target(String name, int port, String subscribePath, String publishPath, String contentType,
                     String bodyBefore, String token, ProcessHandle process) {

    private static final String FORM = "application/x-www-form-urlencoded";

    /** Rivulet, with all on one topic; who publishes shows a token, as in production. */
    public static Target rivulet(String name, int port, ProcessHandle process) {
        return new Target(name, port, rivuletPath("bench"), "/api/updates", FORM, rivuletBody("bench"),
            Token.all(), process);
    }

    /** The path that subscribes to these topics of Rivulet. */
    public static String rivuletPath(String... topics) {
        return "/api/updates?topic=" + String.join("&topic=", topics);
    }

    /** How a form begins that publishes on this topic of Rivulet. */
    public static String rivuletBody(String topic) {
        return "topic=" + topic + "&data=";
    }

    /** One of the small servers that know {@code GET /sse} and {@code POST /pub}. */
    public static Target plain(String name, int port, ProcessHandle process) {
        return new Target(name, port, "/sse", "/pub", "text/plain", "", "", process);
    }
}
