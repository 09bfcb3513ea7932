package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Note;
import io.rivulet.cluster.ClusterEngine.Notes;
import io.rivulet.cluster.kafka.KafkaClient;
import io.rivulet.cluster.kafka.KafkaClient.Chunk;
import io.rivulet.cluster.kafka.KafkaClient.Entry;
import io.rivulet.cluster.kafka.KafkaClient.Reader;
import io.rivulet.cluster.kafka.KafkaClient.Refused;
import io.rivulet.cluster.kafka.KafkaClient.Topic;
import io.rivulet.cluster.kafka.KafkaClient.Writer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes tell each other, in a topic of its own that keeps a few minutes. The number of a note is its offset
 * and one; a topic that was made anew is another life. {@link KafkaEngine} has one; one thread at a time calls it.
 *
 * <p>The hard thing is that this topic may be away while that of the log is there, since another broker leads it. The
 * log must not wait for it: a call has a short limit, and after one that failed none is made for a while.
 */
final class KafkaNotes {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaNotes.class);
    private static final int LATE_MS = 1_000;
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(2);

    private final KafkaClient client;
    private final String topic;
    private final int answerMs;
    private Reader reader;
    private Writer writer;
    /** 0 where the topic must be looked at. */
    private long life;
    private long seen;
    private boolean away;
    private long awayNs;
    private volatile long followed = -1;

    KafkaNotes(KafkaClient client, String topic, int answerMs) {
        this.client = client;
        this.topic = topic;
        this.answerMs = Math.min(LATE_MS, answerMs);
    }

    /** Where this node reads on; -1 before it knows. Any thread. */
    long followed() {
        return followed;
    }

    void tell(int epoch, byte[] note) throws IOException {
        if (isPausing()) {
            throw new IOException("the topic " + topic + " has not answered a moment ago");
        }
        try {
            if (writer == null) {
                writer = client.writer(false);
            }
            writer.send(topic, ByteBuffer.allocate(4 + note.length).putInt(epoch).put(note).array());
        } catch (IOException e) {
            Writer old = writer;
            writer = null;
            if (old != null) {
                old.close();
            }
            failed(e);
            throw e;
        }
    }

    private boolean isPausing() {
        return away && System.nanoTime() - awayNs < PAUSE_NS;
    }

    private void failed(IOException e) {
        if (!away) {
            LOG.warn("The nodes do not hear each other: {}. Events go on", e.getMessage());
        }
        away = true;
        awayNs = System.nanoTime();
        life = 0; // it may have been made anew
        Reader old = reader;
        reader = null;
        if (old != null) {
            old.close();
        }
    }

    /** What was told; null while the topic does not answer: then nobody is heard, and nobody taken for gone. */
    Notes notes(long after, int bytesMax) throws IOException {
        if (isPausing()) {
            return null;
        }
        try {
            Notes read = ask(after, bytesMax);
            if (away) {
                away = false;
                LOG.info("The nodes hear each other again");
            }
            return read;
        } catch (Refused e) {
            throw e;
        } catch (IOException e) {
            failed(e);
            return null;
        }
    }

    private Notes ask(long after, int bytesMax) throws IOException {
        long end = end();
        if (life == 0 || end < seen || end < after) {
            Topic is = client.topic(topic);
            life = is == null ? 0 : is.id();
        }
        seen = end;
        if (life == 0) {
            return new Notes(0, 1, 0, List.of());
        }
        long oldest = reader.first(answerMs);
        followed = end;
        return new Notes(life, oldest + 1, end,
            after >= end ? List.of() : read(Math.max(after, oldest), end, bytesMax));
    }

    private long end() throws IOException {
        if (reader == null) {
            reader = client.reader(topic);
        }
        try {
            return reader.end(answerMs);
        } catch (IOException e) {
            if (client.topic(topic) == null) {
                return 0;
            }
            throw e;
        }
    }

    private List<Note> read(long from, long end, int bytesMax) throws IOException {
        List<Note> notes = new ArrayList<>();
        int bytes = 0;
        for (long at = from; at < end && bytes < bytesMax; ) {
            Chunk chunk = reader.read(at, answerMs);
            if (chunk.next() <= at) {
                throw new IOException("Kafka gave nothing of topic " + topic + " for " + answerMs + " ms");
            }
            at = chunk.next();
            for (Entry entry : chunk.entries()) {
                if (entry.value() != null && entry.value().length >= 4 && bytes < bytesMax) {
                    ByteBuffer in = ByteBuffer.wrap(entry.value());
                    byte[] body = new byte[in.remaining() - 4];
                    notes.add(new Note(entry.offset() + 1, in.getInt(), body));
                    in.get(body);
                    bytes += body.length;
                }
            }
        }
        return notes;
    }
}
