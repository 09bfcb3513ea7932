package io.rivulet.kit;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A container and the protocol that clients speak to it.
 *
 * @param container which
 * @param protocol  what {@link EventStream} and {@link Publisher} speak; a {@link WireClient} always speaks HTTP/1.1
 */
public record Offer(Container container, Protocol protocol) {

    /** Everything this run is about. */
    public static Stream<Offer> all() {
        return Container.wanted().flatMap(c -> Arrays.stream(Protocol.values()).map(p -> new Offer(c, p)));
    }

    /** HTTP/2 on every container. */
    public static Stream<Offer> http2() {
        return all().filter(offer -> offer.protocol.isHttp2());
    }

    @Override
    public String toString() {
        return container + " " + protocol;
    }
}
