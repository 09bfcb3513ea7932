package io.rivulet.bench.drive;

import java.nio.charset.StandardCharsets;

/** Where the events of publishers go. Called by each publisher's thread for its own. */
public interface Aim {

    /** What the body says before the data of the {@code n}-th event of a publisher. */
    byte[] bodyBefore(int publisher, long n);

    /** Its stream, as in {@link Mark}. */
    int stream(int publisher, long n);

    /** Its number in that stream. */
    int number(int publisher, long n);

    /** All where the target's one channel is; each publisher is a stream. */
    static Aim at(Target target) {
        byte[] before = target.bodyBefore().getBytes(StandardCharsets.UTF_8);
        return new Aim() {
            @Override
            public byte[] bodyBefore(int publisher, long n) {
                return before;
            }

            @Override
            public int stream(int publisher, long n) {
                return publisher;
            }

            @Override
            public int number(int publisher, long n) {
                return (int) n;
            }
        };
    }

    /**
     * Rivulet's topics {@code prefix0}, {@code prefix1} and so on in turn, each with a stream of its own if there are
     * fewer than {@link Mark#STREAMS_MAX} of them, else in one stream that has holes for everybody. The publishers
     * take turns, so that one which waits for its answer does not keep the next event waiting.
     */
    static Aim inTurn(String prefix, int topics, int publishers) {
        boolean own = topics < Mark.STREAMS_MAX;
        return new Aim() {
            private long turn(int publisher, long n) {
                return n * publishers + publisher;
            }

            @Override
            public byte[] bodyBefore(int publisher, long n) {
                return Target.rivuletBody(prefix + turn(publisher, n) % topics).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public int stream(int publisher, long n) {
                return own ? (int) (turn(publisher, n) % topics) : 0;
            }

            @Override
            public int number(int publisher, long n) {
                return (int) (own ? turn(publisher, n) / topics : turn(publisher, n));
            }
        };
    }

    /** One topic of Rivulet, as this stream. One publisher. */
    static Aim atTopic(String topic, int stream) {
        byte[] before = Target.rivuletBody(topic).getBytes(StandardCharsets.UTF_8);
        return new Aim() {
            @Override
            public byte[] bodyBefore(int publisher, long n) {
                return before;
            }

            @Override
            public int stream(int publisher, long n) {
                return stream;
            }

            @Override
            public int number(int publisher, long n) {
                return (int) n;
            }
        };
    }
}
