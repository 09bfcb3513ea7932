package io.rivulet.http.stream;

import jakarta.servlet.AsyncContext;
import java.lang.reflect.Field;
import java.nio.CharBuffer;
import java.util.List;

/**
 * The two buffers for characters that Tomcat keeps for a request as long as it is open. {@link OpenResponse} takes them
 * away when a stream begins, in the request's own thread, and gives them back when it ends, in a thread of Tomcat's.
 *
 * <p>Each has 8,192 characters, 16 KB: one for whoever reads the body as text, one for whoever writes text. A stream
 * does neither. So it has small ones instead, and takes 32 KB less, nearly half of all that it took.
 *
 * <p>The hard thing is that Tomcat uses request and response again, for any application's next caller. That is why
 * there are small buffers and not none, and why they go at the end. One kind of request Tomcat ends without a word, as
 * {@link ContainerLock} tells: its next caller then reads and writes text in more steps, and sees nothing else of it.
 * The buffer of bytes of the response stays as it is, since its size decides when a response begins.
 *
 * <p>Tomcat's classes are hidden from web applications, and the fields are not public: they are asked by name. Where
 * anything is not as expected the buffers stay.
 */
final class TomcatBuffers {

    /** The versions whose buffers were read and are tested. */
    private static final List<String> VERSIONS = List.of("10.1.", "11.0.");
    private static final String BUFFER = "cb";
    /** Enough for every character, and few steps for a line of text. */
    private static final int CHARS = 128;
    /** From this version on a JVM warns of whoever sets a final field, as the response's is. */
    private static final int FINAL_IS_FINAL = 26;

    private final Place reader;
    private final Place writer;

    private TomcatBuffers(Place reader, Place writer) {
        this.reader = reader;
        this.writer = writer;
    }

    /** Takes the buffers of this request away; null where they stay. Before anything else is done with its output. */
    static TomcatBuffers take(AsyncContext async) {
        if (!async.getClass().getName().equals(ContainerLock.ASYNC)) {
            return null; // another container, or a filter stands before it
        }
        try {
            Object request = ContainerLock.field(async, "request");
            Object version = Class.forName("org.apache.catalina.util.ServerInfo", true,
                request.getClass().getClassLoader()).getMethod("getServerNumber").invoke(null);
            if (VERSIONS.stream().noneMatch(version.toString()::startsWith)) {
                return null;
            }
            Object response = request.getClass().getMethod("getResponse").invoke(request);
            Place reader = Place.of(ContainerLock.field(request, "inputBuffer"));
            Place writer = Runtime.version().feature() >= FINAL_IS_FINAL ? null
                : Place.of(ContainerLock.field(response, "outputBuffer"));
            return new TomcatBuffers(reader, writer);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not the Tomcat that is known here, or one that does not let itself be looked into
        }
    }

    /** Puts buffers of the old size back, as long as the request is this one. */
    void giveBack() {
        giveBack(reader);
        giveBack(writer);
    }

    private static void giveBack(Place place) {
        try {
            if (place != null) {
                place.giveBack();
            }
        } catch (ReflectiveOperationException | RuntimeException | OutOfMemoryError e) {
            // the next caller has a small one, in which everything works
        }
    }

    /** Where Tomcat has one of the buffers; each is empty as long as nobody reads or writes text. */
    private static final class Place {
        private final Object owner;
        private final Field field;
        private final int size;
        private final CharBuffer small;

        private Place(Object owner, Field field, int size, CharBuffer small) {
            this.owner = owner;
            this.field = field;
            this.size = size;
            this.small = small;
        }

        static Place of(Object owner) throws ReflectiveOperationException {
            Field field = ContainerLock.opened(owner.getClass().getDeclaredField(BUFFER));
            CharBuffer whole = (CharBuffer) field.get(owner);
            if (whole.capacity() <= CHARS || whole.limit() != 0) {
                return null; // small already, or somebody reads or writes text
            }
            CharBuffer small = empty(CHARS);
            field.set(owner, small);
            return new Place(owner, field, whole.capacity(), small);
        }

        void giveBack() throws ReflectiveOperationException {
            if (field.get(owner) == small) {
                field.set(owner, empty(size));
            }
        }

        private static CharBuffer empty(int size) {
            return CharBuffer.allocate(size).limit(0);
        }
    }
}
