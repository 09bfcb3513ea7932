package io.rivulet.bench.answers;

import com.google.gson.JsonParser;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;

/**
 * Reads one answer as a page does: comes back with the last id when its stream breaks, and reads all of it from the
 * first piece when the page is loaded anew. What it has is always the beginning of the text, or there is a fault. The
 * crowd's thread alone.
 */
final class Reader extends Link {

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final Run run;
    private StreamParser parser;
    private String lastId = "";
    /** The piece that comes next. */
    private int next;
    /** So many pieces it has had at most, before a page was loaded anew. */
    private int most;
    /** Since when it is shown what is written; {@link Long#MAX_VALUE} while it has no stream. */
    private long sinceNs = Long.MAX_VALUE;
    private boolean toldEnd;
    private boolean isDone;

    Reader(Crowd crowd, Run run) {
        super(crowd);
        this.run = run;
    }

    Run run() {
        return run;
    }

    /** Whether it has all, and was told that it is all. */
    boolean isDone() {
        return isDone;
    }

    /** Whether it is shown what is written. */
    boolean isShown() {
        return sinceNs != Long.MAX_VALUE;
    }

    /** How far it is behind its answer; 0 where it has no stream, or reads what it had before. */
    int behind() {
        return isShown() && next >= most ? run.written() - next : 0;
    }

    /** The page is loaded anew: it knows nothing any more. */
    void forget() {
        next = 0;
        lastId = "";
        toldEnd = false;
    }

    String where() {
        return run.topic() + ": piece " + next + " of " + run.written() + " is next" + (isShown() ? "" : ", no stream")
            + (toldEnd ? ", told the end" : "");
    }

    @Override
    String request() {
        parser = new StreamParser(lastId, this::event, comment -> { });
        return "GET /api/updates?topic=" + run.topic() + "&since=earliest HTTP/1.1\r\nHost: 127.0.0.1:"
            + crowd().port() + "\r\nAccept: text/event-stream\r\n" + Crowd.BEARER
            + (lastId.isEmpty() ? "" : "Last-Event-ID: " + lastId + "\r\n") + "\r\n";
    }

    @Override
    void asked() {
        // nothing more is asked
    }

    @Override
    boolean answered(int status) {
        if (status == NO_CONTENT && run.isEnded() && next == run.written()) {
            isDone = true;
        } else if (status == NO_CONTENT) {
            crowd().fault("it is over, says the hub: " + where());
        } else if (status != OK) {
            crowd().refused(status);
        }
        return status == OK;
    }

    @Override
    void take(byte[] bytes, int to) {
        parser.take(bytes, 0, to);
        lastId = parser.lastEventId();
    }

    private void event(Dispatched event) {
        switch (event.type()) {
            case "message" -> piece(event.data());
            case "rivulet.hello" -> sinceNs = crowd().nowNs();
            case "rivulet.cursor" -> { }
            case "rivulet.end" -> {
                toldEnd = true;
                String reason = JsonParser.parseString(event.data()).getAsJsonObject().get("reason").getAsString();
                if (!run.isEnded() || next != run.written() || !reason.equals("finished")) {
                    crowd().fault("told that it is " + reason + ": " + where());
                }
            }
            default -> {
                if (crowd().resumes()) {
                    crowd().fault("told " + event + ": " + where());
                }
            }
        }
    }

    private void piece(String data) {
        if (!crowd().resumes()) {
            int came = Run.numberOf(data);
            crowd().lost(came - next);
            next = came;
        }
        if (next >= run.written() || !data.equals(run.piece(next))) {
            crowd().fault("got \"" + data + "\": " + where());
            return;
        }
        boolean isNew = next >= most;
        next++;
        most = Math.max(most, next);
        crowd().received(isNew, run.writtenNs(next - 1), sinceNs);
    }

    @Override
    void over(boolean isWhole) {
        sinceNs = Long.MAX_VALUE;
        isDone |= toldEnd && isWhole;
        if (!isDone) {
            crowd().comesBack(this);
        }
    }
}
