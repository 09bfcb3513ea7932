package io.rivulet.http.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as a chunk of HTTP/1.1 (RFC 9112, 7.1), as Jetty writes them: the line end that closes a chunk's data comes
 * with the next chunk. {@link JettySocket} makes it once for all streams of a shard that get the same bytes, on the
 * shard's thread.
 */
final class HttpChunk {

    /** The longest joined write of the hub's; longer ones are single events, and rare. */
    private static final int USUAL_BYTES_MAX = 64 << 10;
    /** Two line ends and eight digits. */
    private static final int HEAD_BYTES_MAX = 12;
    private static final byte[] LINE_END = {'\r', '\n'};

    /** Outside of the heap, so that the socket takes it as it stands. */
    private final ByteBuffer usual = ByteBuffer.allocateDirect(USUAL_BYTES_MAX + HEAD_BYTES_MAX);
    private byte[] data;
    private ByteBuffer whole;
    private int headLength;

    /** The chunk of this data, from its beginning; valid until the next call. */
    ByteBuffer of(byte[] bytes) {
        if (data != bytes) {
            data = bytes;
            whole = bytes.length <= USUAL_BYTES_MAX ? usual : ByteBuffer.allocate(bytes.length + HEAD_BYTES_MAX);
            whole.clear().put(LINE_END)
                .put(Integer.toHexString(bytes.length).getBytes(StandardCharsets.US_ASCII)).put(LINE_END);
            headLength = whole.position();
            whole.put(bytes).flip();
        }
        return whole.rewind();
    }

    /** What the socket has not taken, in buffers that may be kept: of the data itself no copy is made. */
    ByteBuffer[] rest() {
        int at = whole.position();
        int from = Math.max(0, at - headLength);
        ByteBuffer body = ByteBuffer.wrap(data, from, data.length - from);
        if (at >= headLength) {
            return new ByteBuffer[] {body};
        }
        byte[] head = new byte[headLength - at];
        whole.get(head);
        return new ByteBuffer[] {ByteBuffer.wrap(head), body};
    }
}
