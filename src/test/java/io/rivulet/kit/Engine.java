package io.rivulet.kit;

import jakarta.servlet.ServletContext;

/** One embedded container with one WAR in it. */
interface Engine {

    /** Starts on the port, 0 for any, and gives the one it has. */
    int start(int port) throws Exception;

    /** Ends everything; as when the container is told to stop. */
    void stop() throws Exception;

    /** Stops and starts the WAR alone, in a new class loader, while the container runs on. */
    void redeploy() throws Exception;

    /** The context of the WAR that runs now. */
    ServletContext context();

    /** The loader of the WAR's classes that run now. */
    ClassLoader loader();
}
