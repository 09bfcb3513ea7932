package shop;

import io.rivulet.Message;
import io.rivulet.RivuletHub;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Tells everybody who listens of an order. */
@ApplicationScoped
public class Announcer {

    @Inject
    RivuletHub hub;

    String placed(String what) {
        return hub.publish(Message.on("orders", what).type("placed")).join();
    }
}
