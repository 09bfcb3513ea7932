package io.rivulet.interop;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.client.ClientResponseContext;
import jakarta.ws.rs.client.ClientResponseFilter;
import jakarta.ws.rs.sse.SseEventSource;

/** Jakarta REST's client API as Jersey has it. It has no place for a token or an id: filters of the client add them. */
final class JerseySse implements io.rivulet.interop.Client {

    @Override
    public void start(Wish wish, Session session) {
        Client client = ClientBuilder.newClient();
        client.register(new Headers(wish));
        client.register(new Opened(session));
        SseEventSource source = SseEventSource.target(client.target(wish.url())).build();
        source.register(e -> session.said(Said.event(e.getId(), e.getName(), e.readData())), fault -> {
            int status = fault instanceof WebApplicationException e ? e.getResponse().getStatus() : 0;
            session.said(Said.error(status, fault, status != 0));
        }, () -> session.said(Said.closed()));
        session.onClose(() -> {
            source.close();
            client.close();
        });
        source.open();
    }

    private record Headers(Wish wish) implements ClientRequestFilter {
        @Override
        public void filter(ClientRequestContext request) {
            if (!wish.token().isEmpty()) {
                request.getHeaders().putSingle("Authorization", "Bearer " + wish.token());
            }
            if (!wish.lastEventId().isEmpty()) {
                request.getHeaders().putIfAbsent("Last-Event-ID", java.util.List.of(wish.lastEventId()));
            }
        }
    }

    private record Opened(Session session) implements ClientResponseFilter {
        @Override
        public void filter(ClientRequestContext request, ClientResponseContext response) {
            if (response.getStatus() == 200) {
                session.said(Said.open());
            }
        }
    }
}
