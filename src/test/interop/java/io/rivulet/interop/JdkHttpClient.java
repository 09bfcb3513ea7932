package io.rivulet.interop;

import io.rivulet.kit.StreamParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The JDK's, which knows HTTP and no events: the parser is the test kit's, and it is never opened again by itself. */
final class JdkHttpClient implements Client {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Override
    public void start(Wish wish, Session session) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(wish.url()))
            .header("Accept", "text/event-stream");
        if (!wish.token().isEmpty()) {
            request.header("Authorization", "Bearer " + wish.token());
        }
        if (!wish.lastEventId().isEmpty()) {
            request.header("Last-Event-ID", wish.lastEventId());
        }
        Thread reader = new Thread(() -> read(request.build(), session), "test-jdk-client");
        reader.setDaemon(true);
        session.onClose(reader::interrupt);
        reader.start();
    }

    private static void read(HttpRequest request, Session session) {
        try {
            HttpResponse<InputStream> answer = HTTP.send(request, BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                session.said(Said.error(answer.statusCode(), new String(answer.body().readAllBytes()), true));
            } else {
                session.said(Said.open());
                parse(answer.body(), session);
            }
        } catch (IOException | InterruptedException e) {
            session.said(Said.error(0, e, true));
        }
        session.said(Said.closed());
    }

    private static void parse(InputStream body, Session session) throws IOException {
        StreamParser parser = new StreamParser("", e -> session.said(Said.event(e.id(), e.type(), e.data())),
            comment -> { });
        byte[] buffer = new byte[4_096];
        try (body) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                parser.take(buffer, 0, n);
            }
        }
    }
}
