package io.rivulet.http.stream;

import io.rivulet.http.form.LastWord;
import jakarta.servlet.AsyncContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Those who wait for an answer out of the log. A look-up may take half a minute of a reader's time, and while a request
 * waits neither container reads from its socket: without a look nobody would know that the caller has left, and his
 * question would be worked at to its end. {@link PageResponses} looks each second. Any thread.
 */
public final class WaitingCallers {

    private final Set<Caller> waiting = ConcurrentHashMap.newKeySet();

    /** One who waits. */
    public final class Caller {
        private final AsyncContext async;
        private final LastWord word;
        private final LastWord.End left;
        /** Found at the first look, which most requests do not live to see; null where there is none to be had. */
        private SocketLook socket;
        private boolean sought;

        private Caller(AsyncContext async, LastWord word, LastWord.End left) {
            this.async = async;
            this.word = word;
            this.left = left;
        }

        /** He waits no more. */
        public void end() {
            waiting.remove(this);
        }

        private boolean hasLeft() {
            if (!sought) {
                sought = true;
                SocketLook ofJetty = JettySocket.look(async);
                socket = ofJetty != null ? ofJetty : SocketLook.ofTomcat(async);
            }
            return socket != null && socket.hasLeft();
        }
    }

    /**
     * He waits from now on.
     *
     * @param async his request, whose body has been read
     * @param word  decides who ends it
     * @param left  ends it, when he has left before he had his answer
     */
    public Caller add(AsyncContext async, LastWord word, LastWord.End left) {
        Caller caller = new Caller(async, word, left);
        waiting.add(caller);
        return caller;
    }

    /** Looks at all of them, and ends the requests of those who have left. One thread. */
    void look() {
        for (Caller caller : waiting) {
            if (caller.word.whileNobodyHasIt(caller::hasLeft)) {
                caller.end();
                caller.word.take(caller.left);
            }
        }
    }
}
