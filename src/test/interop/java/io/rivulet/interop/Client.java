package io.rivulet.interop;

/** A client that can be started: a library in this JVM, a program, or a page in a browser. Any thread. */
@FunctionalInterface
interface Client {

    /** Starts it; the session is told what happens, and is given what ends the client. */
    void start(Wish wish, Session session) throws Exception;
}
