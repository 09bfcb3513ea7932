package io.rivulet.hub.stream;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * What one write hands over: whole events, in an array that never changes and that many streams get. There is one
 * portion for each shard, lent to each {@link Outlet} in turn and used by its thread alone, so that a delivery makes no
 * object: what an outlet prepares of these bytes is there for the next outlet, too.
 */
public final class SharedBytes {

    private byte[] bytes = {};
    private ByteBuffer view;
    private Object form;

    /** A portion without bytes. */
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

    /** What outlets of one kind make of the bytes, kept from portion to portion; made by the first that asks. */
    @SuppressWarnings("unchecked")
    public <T> T form(Class<T> type, Supplier<T> first) {
        if (!type.isInstance(form)) {
            form = first.get();
        }
        return (T) form;
    }
}
