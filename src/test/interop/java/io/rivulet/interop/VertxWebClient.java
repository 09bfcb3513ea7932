package io.rivulet.interop;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.codec.BodyCodec;

/** Vert.x's: one connection, which is never made again unless the user's code does. Its status comes at the end. */
final class VertxWebClient implements Client {

    private static final Vertx VERTX = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));

    @Override
    public void start(Wish wish, Session session) {
        WebClient client = WebClient.create(VERTX);
        HttpRequest<Void> request = client.getAbs(wish.url()).putHeader("Accept", "text/event-stream")
            .as(BodyCodec.sseStream(events -> events.handler(
                e -> session.said(Said.event(e.id(), e.event(), e.data())))));
        if (!wish.token().isEmpty()) {
            request.bearerTokenAuthentication(wish.token());
        }
        if (!wish.lastEventId().isEmpty()) {
            request.putHeader("Last-Event-ID", wish.lastEventId());
        }
        request.send().onComplete(answer -> {
            if (answer.statusCode() != 200) {
                session.said(Said.error(answer.statusCode(), answer.statusMessage(), true));
            }
            session.said(Said.closed());
        }, fault -> {
            session.said(Said.error(0, fault, true));
            session.said(Said.closed());
        });
        session.onClose(client::close);
    }
}
