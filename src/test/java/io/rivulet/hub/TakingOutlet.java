package io.rivulet.hub;

/** Takes everything at once and keeps nothing, as a client does that reads all there is; any number of streams' own. */
final class TakingOutlet implements Outlet {

    static final Outlet NOWHERE = new TakingOutlet();

    private TakingOutlet() {
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void write(Portion events) {
        // taken
    }

    @Override
    public void end() {
        // nothing to end
    }
}
