package io.rivulet.interop;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpRequest;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.http.client.sse.SseClient;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Micronaut's: one connection, without a User-Agent; gives it up when it is silent for 10 s. */
final class MicronautClient implements Client {

    @Override
    public void start(Wish wish, Session session) throws MalformedURLException {
        URI address = URI.create(wish.url());
        SseClient client = SseClient.create(new URL(address.getScheme() + "://" + address.getAuthority()));
        MutableHttpRequest<?> request = HttpRequest.GET(address).header("Accept", "text/event-stream");
        if (!wish.token().isEmpty()) {
            request.bearerAuth(wish.token());
        }
        if (!wish.lastEventId().isEmpty()) {
            request.header("Last-Event-ID", wish.lastEventId());
        }
        Disposable running = Flux.from(client.eventStream(request, String.class))
            .doFinally(how -> session.said(Said.closed()))
            .subscribe(e -> session.said(Said.event(e.getId(), e.getName(), e.getData())), fault -> {
                int status = fault instanceof HttpClientResponseException e ? e.getStatus().getCode() : 0;
                session.said(Said.error(status, fault, true));
            });
        session.onClose(() -> {
            running.dispose();
            ((AutoCloseable) client).close();
        });
    }
}
