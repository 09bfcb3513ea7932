package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The class loaders that an application had before its reloads: all of them are to be collected. */
public final class OldLoaders {

    /** A collection of the whole heap takes seconds on a busy machine, and several may be needed. */
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(6);
    /** Between two collections: a container has a dozen threads, of which each may hold an old request. */
    private static final int REQUESTS = 12;

    private final List<WeakReference<ClassLoader>> all = new ArrayList<>();

    /** Remembers the one of now, without holding it. */
    public void note(Server server) {
        all.add(new WeakReference<>(server.loader()));
    }

    /**
     * Waits until all that were noted are collected. A container keeps the last request of each of its threads, so new
     * ones push out the old. Tomcat's own detector must then find nothing, either.
     *
     * @param request asks the server for something
     */
    public void awaitCollected(Server server, Runnable request) {
        Await.until("the old class loaders are collected", LIMIT, () -> {
            for (int i = 0; i < REQUESTS; i++) {
                request.run();
            }
            System.gc();
            return all.stream().allMatch(loader -> loader.get() == null);
        });
        if (server.container() == Container.TOMCAT) {
            assertEquals(List.of(), server.leaks());
        }
    }
}
