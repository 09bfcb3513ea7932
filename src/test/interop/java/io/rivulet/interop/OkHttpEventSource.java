package io.rivulet.interop;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.FaultEvent;
import com.launchdarkly.eventsource.HttpConnectStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StartedEvent;
import com.launchdarkly.eventsource.StreamClosedByCallerException;
import com.launchdarkly.eventsource.StreamEvent;
import com.launchdarkly.eventsource.StreamException;
import com.launchdarkly.eventsource.StreamHttpErrorException;
import java.net.URI;

/** LaunchDarkly's: comes back by itself, also after a 401; gives up a connection that is silent for too long. */
final class OkHttpEventSource implements Client {

    @Override
    public void start(Wish wish, Session session) {
        HttpConnectStrategy how = ConnectStrategy.http(URI.create(wish.url()));
        if (!wish.token().isEmpty()) {
            how = how.header("Authorization", "Bearer " + wish.token());
        }
        EventSource.Builder builder = new EventSource.Builder(how).errorStrategy(ErrorStrategy.alwaysContinue());
        if (!wish.lastEventId().isEmpty()) {
            builder.lastEventId(wish.lastEventId());
        }
        EventSource source = builder.build();
        session.onClose(source);
        Thread reader = new Thread(() -> read(source, session), "test-okhttp-eventsource");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(EventSource source, Session session) {
        try {
            for (StreamEvent event = source.readAnyEvent(); event != null; event = source.readAnyEvent()) {
                if (event instanceof StartedEvent) {
                    session.said(Said.open());
                } else if (event instanceof MessageEvent message) {
                    session.said(Said.event(message.getLastEventId(), message.getEventName(), message.getData()));
                } else if (event instanceof FaultEvent fault) {
                    if (fault.getCause() instanceof StreamClosedByCallerException) {
                        return; // at the end of the test
                    }
                    int status = fault.getCause() instanceof StreamHttpErrorException refusal ? refusal.getCode() : 0;
                    session.said(Said.error(status, fault.getCause(), false));
                }
            }
        } catch (StreamException e) {
            session.said(Said.error(0, e, true));
        }
    }
}
