package io.rivulet.hub;

import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;

/** Takes everything at once and keeps nothing, as a client does that reads all there is; any number of streams' own. */
public class TakingOutlet implements Outlet {

    public static final Outlet NOWHERE = new TakingOutlet();

    protected TakingOutlet() {
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void write(SharedBytes events) {
        // taken
    }

    @Override
    public void end() {
        // nothing to end
    }
}
