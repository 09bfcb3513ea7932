package io.rivulet.browser;

import java.util.List;

/** One page in a browser of any kind: what it is told to do, and what can be read from it. For the test's thread. */
interface Page extends AutoCloseable {

    /** Loads this and waits until its document is there. */
    Page open(String url);

    /** Begins to load this. */
    void begin(String url);

    /** The value of an expression, as text; of a promise that of its end. */
    String eval(String expression);

    /** Waits until an expression is true. */
    void await(String expression);

    /** What the browser had to complain about: errors, and broken policies. */
    List<String> complaints();

    @Override
    void close();
}
