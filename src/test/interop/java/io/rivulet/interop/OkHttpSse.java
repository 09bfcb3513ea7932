package io.rivulet.interop;

import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/** OkHttp's own: one connection, which is never made again; gives it up when it is silent for too long. */
final class OkHttpSse implements Client {

    private static final OkHttpClient HTTP = new OkHttpClient();

    @Override
    public void start(Wish wish, Session session) {
        Request.Builder request = new Request.Builder().url(wish.url());
        if (!wish.token().isEmpty()) {
            request.header("Authorization", "Bearer " + wish.token());
        }
        if (!wish.lastEventId().isEmpty()) {
            request.header("Last-Event-ID", wish.lastEventId());
        }
        EventSource source = EventSources.createFactory(HTTP).newEventSource(request.build(), listener(session));
        session.onClose(source::cancel);
    }

    private static EventSourceListener listener(Session session) {
        return new EventSourceListener() {
            @Override
            public void onOpen(EventSource source, Response response) {
                session.said(Said.open());
            }

            @Override
            public void onEvent(EventSource source, String id, String type, String data) {
                session.said(Said.event(id, type, data));
            }

            @Override
            public void onFailure(EventSource source, Throwable fault, Response response) {
                int status = response == null || response.code() == 200 ? 0 : response.code();
                session.said(Said.error(status, fault, true));
                session.said(Said.closed());
            }

            @Override
            public void onClosed(EventSource source) {
                session.said(Said.closed());
            }
        };
    }
}
