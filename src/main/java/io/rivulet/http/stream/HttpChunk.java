package io.rivulet.http.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as a whole chunk of HTTP/1.1 (RFC 9112, 7.1), with the line end that closes it. {@link JettySocket} makes it
 * once for all streams of a shard that get the same bytes, on the shard's thread.
 *
 * <p>Jetty sends that line end with the next chunk. A client may wait for it: urllib3, below many clients in Python,
 * gives an event to its program only when the chunk is closed, and so would have each event when the next one comes.
 */
final class HttpChunk {

    static final byte[] LINE_END = {'\r', '\n'};
    /** The longest joined write of the hub's; longer ones are single events, and rare. */
    private static final int USUAL_BYTES_MAX = 64 << 10;
    /** Two line ends and eight digits. */
    private static final int FRAME_BYTES_MAX = 12;

    /** Outside of the heap, so that the socket takes it as it stands. */
    private final ByteBuffer usual = ByteBuffer.allocateDirect(USUAL_BYTES_MAX + FRAME_BYTES_MAX);
    private byte[] data;
    private ByteBuffer whole;
    private int headLength;

    /** The chunk of this data, from its beginning; valid until the next call. */
    ByteBuffer of(byte[] bytes) {
        if (data != bytes) {
            data = bytes;
            whole = bytes.length <= USUAL_BYTES_MAX ? usual : ByteBuffer.allocate(bytes.length + FRAME_BYTES_MAX);
            whole.clear().put(Integer.toHexString(bytes.length).getBytes(StandardCharsets.US_ASCII)).put(LINE_END);
            headLength = whole.position();
            whole.put(bytes).put(LINE_END).flip();
        }
        return whole.rewind();
    }

    /** What the socket has not taken, in buffers that may be kept: head, data, line end. The data is not copied. */
    ByteBuffer[] rest() {
        int at = whole.position();
        byte[] head = new byte[Math.max(0, headLength - at)];
        whole.get(head);
        int ofData = Math.min(data.length, Math.max(0, at - headLength));
        int ofEnd = Math.max(0, at - headLength - data.length);
        return new ByteBuffer[] {ByteBuffer.wrap(head), ByteBuffer.wrap(data, ofData, data.length - ofData),
            ByteBuffer.wrap(LINE_END, ofEnd, LINE_END.length - ofEnd)};
    }
}
