package io.rivulet.bench.answers;

/**
 * One answer: a text that is written piece by piece, and how far it is. It is made up, so nobody need keep it: a piece
 * follows from its number. The crowd's thread alone.
 */
final class Run {

    private static final int TIMES = 1 << 10;
    /** Of one byte to four in UTF-8, and a blank before, which a reader must keep. */
    private static final String[] WORDS = {" the", " river", " o", " \u00e9t\u00e9", " na\u00efve", " \u6cb3",
        " \u2192", " \ud83c\udf0a", ",", ".", " data:", " id:", " and", " sea", " :", " \ud83d\ude00"};

    private final int number;
    private final long[] times = new long[TIMES];
    private int written;
    private boolean ended;

    Run(int number) {
        this.number = number;
    }

    /** The topic of its pieces. */
    String topic() {
        return "run/" + number;
    }

    /** A name for its publisher. */
    String producer() {
        return "run-" + number;
    }

    /** How many pieces there are. */
    int written() {
        return written;
    }

    /** Whether there will be no more. */
    boolean isEnded() {
        return ended;
    }

    /** One more piece. */
    void write(long nowNs) {
        times[written & TIMES - 1] = nowNs;
        written++;
    }

    void end() {
        ended = true;
    }

    /** When a piece was written; of an old one when the oldest was of which that is known. */
    long writtenNs(int piece) {
        return times[Math.max(piece, written - TIMES) & TIMES - 1];
    }

    /** The text of a piece; no other one has the same. */
    String piece(int piece) {
        return WORDS[(number + 7 * piece) % WORDS.length] + Integer.toString(number, 36) + "-"
            + Integer.toString(piece, 36);
    }

    /** Which piece of its answer has this text. */
    static int numberOf(String piece) {
        return Integer.parseInt(piece.substring(piece.lastIndexOf('-') + 1), 36);
    }
}
