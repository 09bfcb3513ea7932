package io.rivulet.log.segment;

import io.rivulet.log.LogRecord;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BiConsumer;

/** The yardstick: the least that could be called a log. No checksum, index, id, retention or healing. */
final class PlainLog implements AutoCloseable {

    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);

    PlainLog(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Writes and syncs a group. */
    void append(List<LogRecord> group) throws IOException {
        buffer.clear();
        for (LogRecord record : group) {
            byte[] topic = record.event().topics().get(0).getBytes(StandardCharsets.UTF_8);
            byte[] data = record.event().data();
            buffer.putInt(topic.length).put(topic).putInt(data.length).put(data);
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    /** Decodes topic and data of every record. */
    void replay(BiConsumer<String, byte[]> sink) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(256 * 1024).limit(0);
        long at = 0;
        long end = channel.size();
        while (at < end || in.hasRemaining()) {
            in.compact();
            int n = channel.read(in, at);
            at += Math.max(0, n);
            in.flip();
            int before = in.position();
            while (in.remaining() >= 4 && in.remaining() >= 8 + in.getInt(in.position()) && in.remaining()
                >= 8 + in.getInt(in.position()) + in.getInt(in.position() + 4 + in.getInt(in.position()))) {
                byte[] topic = new byte[in.getInt()];
                in.get(topic);
                byte[] data = new byte[in.getInt()];
                in.get(data);
                sink.accept(new String(topic, StandardCharsets.UTF_8), data);
            }
            if (in.position() == before && n <= 0) {
                throw new EOFException("the last record is cut");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
