package io.rivulet.bench.serve;

import jakarta.servlet.ServletContext;

/** An embedded container with one application. */
interface Host {

    /** Starts it; gives the port. */
    int start() throws Exception;

    /** The application's. */
    ServletContext context();

    /** Ends it. */
    void stop() throws Exception;
}
