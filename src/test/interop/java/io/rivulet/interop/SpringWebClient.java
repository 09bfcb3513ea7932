package io.rivulet.interop;

import java.net.URI;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;

/** Spring's, on Netty: one connection, which is never made again unless the user's code does. */
final class SpringWebClient implements Client {

    private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENT =
        new ParameterizedTypeReference<>() {
        };

    @Override
    public void start(Wish wish, Session session) {
        Disposable running = WebClient.create().get().uri(URI.create(wish.url())).accept(MediaType.TEXT_EVENT_STREAM)
            .headers(headers -> {
                if (!wish.token().isEmpty()) {
                    headers.setBearerAuth(wish.token());
                }
                if (!wish.lastEventId().isEmpty()) {
                    headers.set("Last-Event-ID", wish.lastEventId());
                }
            })
            .retrieve().toEntityFlux(EVENT)
            .doOnNext(answer -> session.said(Said.open()))
            .flatMapMany(answer -> answer.getBody())
            .doFinally(how -> session.said(Said.closed()))
            .subscribe(e -> session.said(Said.event(e.id(), e.event(), e.data())), fault -> {
                int status = fault instanceof WebClientResponseException e ? e.getStatusCode().value() : 0;
                session.said(Said.error(status, fault, true));
            });
        session.onClose(running::dispose);
    }
}
