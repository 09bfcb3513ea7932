package io.rivulet.bench.answers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Publishes one answer in a body of lines that lasts as long as the answer. When that breaks it asks where it stands,
 * and goes on from there. The crowd's thread alone.
 */
final class Writer extends Link {

    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int PIECES_AT_ONCE = 64;

    private final Run run;
    private final boolean isNumbered;
    /** What it asks: where it stands, or it publishes. */
    private boolean isAsking;
    /** The piece that goes out next. */
    private int next;
    /** So many pieces went out at least once. */
    private int most;
    /** The first piece of this body. */
    private int first;
    private boolean isLastOut;
    private int status;
    private StringBuilder text;
    private boolean isDone;

    /** {@code isNumbered}: the hub knows how many it has taken, so that it can go on after a break. */
    Writer(Crowd crowd, Run run, boolean isNumbered) {
        super(crowd);
        this.run = run;
        this.isNumbered = isNumbered;
        isAsking = isNumbered;
    }

    /** Whether all of it and its end have been taken. */
    boolean isDone() {
        return isDone;
    }

    /** Pieces that are written and not yet sent. */
    int waiting() {
        return run.written() - next;
    }

    String where() {
        return run.topic() + ": piece " + next + " of " + run.written() + " is sent next"
            + (isAsking ? ", asks" : "") + (isOpen() ? isIdle() ? "" : ", unsent bytes" : ", no connection")
            + (status == 0 ? "" : ", answered with " + status + " " + text);
    }

    @Override
    String request() {
        status = 0;
        text = new StringBuilder();
        String end = " HTTP/1.1\r\nHost: 127.0.0.1:" + crowd().port() + "\r\nConnection: close\r\n" + Crowd.BEARER;
        if (isAsking) {
            return "GET /api/producers/" + run.producer() + end + "\r\n";
        }
        first = next;
        isLastOut = false;
        return "POST /api/updates?stream=lines&end&topic=" + run.topic() + end + "Transfer-Encoding: chunked\r\n"
            + (isNumbered ? "Producer-Id: " + run.producer() + "\r\nProducer-Epoch: 1\r\nProducer-Seq: " + first
            + "\r\n" : "") + "\r\n";
    }

    @Override
    void asked() {
        sendMore();
    }

    /** Sends what was written meanwhile, as far as the system takes it, and the end when there will be no more. */
    void sendMore() {
        while (!isAsking && !isLastOut && isIdle() && status == 0 && (next < run.written() || run.isEnded())) {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            if (next < run.written()) {
                byte[] bytes = lines().getBytes(StandardCharsets.UTF_8);
                chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                chunk.writeBytes(bytes);
                chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            if (run.isEnded() && next == run.written()) {
                chunk.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                isLastOut = true;
            }
            send(chunk.toByteArray());
        }
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < PIECES_AT_ONCE && next < run.written(); i++) {
            lines.append(run.piece(next++)).append('\n');
        }
        most = Math.max(most, next);
        return lines.toString();
    }

    @Override
    boolean answered(int of) {
        status = of;
        return true;
    }

    @Override
    void take(byte[] bytes, int to) {
        text.append(text(bytes, to));
        if (!isAsking && status != OK && text.indexOf("}") > 0) {
            leave(); // the hub waits a while for one who sends on
        }
    }

    @Override
    void over(boolean isWhole) {
        if (isAsking) {
            stands();
        } else {
            published();
        }
        if (!isDone && isAsking) {
            crowd().comesBack(this);
        } else if (!isDone && isNumbered) {
            connectAt(System.nanoTime()); // it knows where it stands
        }
    }

    private void stands() {
        JsonObject where = status == OK ? json() : null;
        if (status == NOT_FOUND) {
            next = 0;
            isAsking = false;
        } else if (where != null && where.has("nextSeq")) {
            next = where.get("nextSeq").getAsInt();
            isAsking = false;
            if (next > most) {
                crowd().fault("the hub has " + next + " pieces of " + most + ": " + run.topic());
            }
        } else if (status != 0) {
            crowd().refused(status);
        }
        if (run.isEnded() && next == run.written() && next > 0) {
            next--; // the end comes with a line that was taken
        }
    }

    private void published() {
        JsonObject answer = status == OK ? json() : null;
        if (answer != null && answer.has("count")) {
            isDone = true;
            if (answer.get("count").getAsInt() != run.written() - first || !isLastOut) {
                crowd().fault("taken were " + answer + " from " + first + ": " + where());
            }
        } else if (status == CONFLICT || status == FORBIDDEN) {
            crowd().fault("refused with " + text + ": " + where());
        } else if (status != 0) {
            crowd().refused(status);
        }
        if (!isNumbered && !isDone) {
            crowd().fault("a body broke, and cannot go on: " + where());
        }
        isAsking = isNumbered;
    }

    private JsonObject json() {
        try {
            return text.length() == 0 ? null : JsonParser.parseString(text.toString()).getAsJsonObject();
        } catch (JsonSyntaxException e) {
            return null; // cut
        }
    }
}
