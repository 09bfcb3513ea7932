package io.rivulet.hub.stream;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * The bytes of one write: whole events, in an array that never changes and that many streams get. Each shard has one
 * and lends it to one {@link Outlet} after the other. The shard's thread alone.
 *
 * <p>It is lent and not given, so that a delivery makes no object. An outlet may leave here what it has made of the
 * bytes, and the next outlet need not make it again.
 */
public final class SharedBytes {

    private byte[] bytes = {};
    private ByteBuffer view;
    private Object form;

    /** No bytes yet. */
    public SharedBytes() {
        view = ByteBuffer.wrap(bytes);
    }

    /** From now on it has these bytes, which nobody may change any more. */
    public SharedBytes of(byte[] events) {
        if (bytes != events) {
            bytes = events;
            view = null;
        }
        return this;
    }

    /** The shared array, to read only; may be kept. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many there are. */
    public int length() {
        return bytes.length;
    }

    /** All the bytes as a buffer, which is the next outlet's, too, unless it is {@link #keep kept}. */
    public ByteBuffer view() {
        if (view == null) {
            view = ByteBuffer.wrap(bytes);
        }
        return view.clear();
    }

    /** Somebody holds on to the view: the next outlet gets another. */
    public void keep() {
        view = null;
    }

    /** A form that outlets of one kind make of the bytes: the first that asks makes it, and later ones use it again. */
    @SuppressWarnings("unchecked")
    public <T> T form(Class<T> type, Supplier<T> first) {
        if (!type.isInstance(form)) {
            form = first.get();
        }
        return (T) form;
    }
}
