package io.rivulet.interop;

import io.rivulet.kit.StreamParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Spring's without Reactor, on {@code HttpURLConnection}: it knows no events, so whoever uses it reads the answer's
 * lines; here the test kit's parser does. It is never opened again by itself, and cannot be ended: closing the answer
 * reads all that is still to come. So it ends with the server.
 */
final class SpringRestClient implements Client {

    @Override
    public void start(Wish wish, Session session) {
        Thread reader = new Thread(() -> read(wish, session), "test-rest-client");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(Wish wish, Session session) {
        try {
            RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()).build().get()
                .uri(URI.create(wish.url())).accept(MediaType.TEXT_EVENT_STREAM).headers(headers -> {
                    if (!wish.token().isEmpty()) {
                        headers.setBearerAuth(wish.token());
                    }
                    if (!wish.lastEventId().isEmpty()) {
                        headers.set("Last-Event-ID", wish.lastEventId());
                    }
                }).exchange((request, answer) -> {
                    if (answer.getStatusCode().value() == 200) {
                        session.said(Said.open());
                        parse(answer.getBody(), session);
                    } else {
                        session.said(Said.error(answer.getStatusCode().value(), answer.getStatusText(), true));
                    }
                    return null;
                });
        } catch (RestClientException e) {
            session.said(Said.error(0, e, true));
        }
        session.said(Said.closed());
    }

    private static void parse(InputStream body, Session session) throws IOException {
        StreamParser parser = new StreamParser("", e -> session.said(Said.event(e.id(), e.type(), e.data())),
            comment -> { });
        byte[] buffer = new byte[4_096];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            parser.take(buffer, 0, n);
        }
    }
}
