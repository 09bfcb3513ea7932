package io.rivulet.it;

import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Redeploys;
import io.rivulet.kit.Server;
import org.junit.jupiter.api.Test;

/** A hub with a log of its own that is redeployed under load. {@code -Dredeploys=20} makes it more than three. */
@OnEveryContainer
class RedeployIT {

    private static final int TIMES = Integer.getInteger("redeploys", 3);

    private final Container container;

    RedeployIT(Container container) {
        this.container = container;
    }

    @Test
    void nothingStaysOfAnyApplicationThatWasReplacedUnderLoad() throws Exception {
        new Redeploys(Server.in(container)).play(TIMES);
    }
}
