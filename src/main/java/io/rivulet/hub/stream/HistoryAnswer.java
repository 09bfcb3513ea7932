package io.rivulet.hub.stream;

import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.log.LogWork;

/**
 * What {@link Readers} have read for a stream, on its way to the shard. Whatever becomes of it there, its memory is
 * given back.
 */
record HistoryAnswer(Subscriber s, HistoryRead.Result result, ReadBudget.Taken taken) implements Mailbox.Work {

    /** Posts it to the stream's shard, once there is memory for it; on a reader thread. */
    static void post(Subscriber s, HistoryRead.Result result, ReadBudget budget) {
        ReadBudget.Taken taken;
        try {
            taken = budget.acquire(result.bytes());
        } catch (InterruptedException e) {
            throw new LogWork.Stopped(); // the hub closes
        }
        boolean given = false;
        try {
            s.owner().post(s, new HistoryAnswer(s, result, taken));
            given = true;
        } finally {
            if (!given) {
                taken.release();
            }
        }
    }

    @Override
    public void run() {
        s.owner().answered(s, result, taken);
    }

    @Override
    public void failed(Throwable e) {
        taken.release();
    }
}
