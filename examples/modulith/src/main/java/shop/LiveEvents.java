package shop;

import io.rivulet.Message;
import io.rivulet.RivuletHub;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.Externalized;
import org.springframework.modulith.events.support.DelegatingEventExternalizer;

/** What Spring Modulith externalises goes to the hub: after the commit, and again until the hub has acknowledged it. */
@Configuration
class LiveEvents {

    /** An order was placed; the target is the topic. */
    @Externalized("orders")
    record Placed(String what) {
    }

    @Bean
    DelegatingEventExternalizer liveEvents(EventExternalizationConfiguration configuration, RivuletHub hub) {
        return new DelegatingEventExternalizer(configuration, (target, event) ->
            hub.publish(Message.on(target.getTarget(), json(event)).type(event.getClass().getSimpleName())));
    }

    /** An application has a mapper for this. */
    private static String json(Object event) {
        return event instanceof Placed order ? "{\"what\":\"" + order.what().replace("\"", "\\\"") + "\"}" : "{}";
    }
}
