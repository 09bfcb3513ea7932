package io.rivulet.hub;

import io.rivulet.config.Settings;
import io.rivulet.hub.resume.Resume;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Admission;
import io.rivulet.hub.stream.FanOut;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.ShardSetup;
import io.rivulet.hub.stream.StreamOwner;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.tail.AllEnded;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.metrics.Metrics.Count;
import java.io.IOException;
import java.util.Arrays;

/**
 * Opens streams: gives each one a shard, has its start looked up, and attaches it there. {@link Hub} uses it for each
 * subscribe, on any thread; a look-up runs on a reader thread.
 *
 * <p>The shard gets the stream before its start is known. So the client has its first bytes at once, and a stream that
 * waits for a look-up can end like any other.
 */
final class StreamOpener {

    private static final int TRIES = 6;

    private final Settings settings;
    private final ShardSetup setup;
    private final FanOut fanOut;
    private final Resume resume;

    StreamOpener(Settings settings, ShardSetup setup, FanOut fanOut, Resume resume) {
        this.settings = settings;
        this.setup = setup;
        this.fanOut = fanOut;
        this.resume = resume;
    }

    /** A stream that has a shard and that nobody writes to yet. */
    Subscriber admit(SubscribeRequest request, Outlet outlet) {
        Admission admission = Admission.of(request.dialect(), request.portion().longest(), settings, setup.names(),
            setup.clock().millis(), setup.nanos().getAsLong());
        Shard shard = fanOut.assign();
        boolean made = false;
        try {
            Subscriber s = new Subscriber(request, outlet, shard, admission);
            made = true;
            return s;
        } finally {
            for (int tries = made ? TRIES : 0; tries < TRIES; tries++) {
                try {
                    shard.unassign();
                    tries = TRIES;
                } catch (RuntimeException | Error e) {
                    continue; // the caller hears of what came first
                }
            }
        }
    }

    /** Where a stream begins that has not asked yet, and what the header says of it; on a reader thread. */
    StartPoint.Placed place(SubscribeRequest request, LogWork work) throws IOException {
        return place(request, setup.sources().ring().newest(), work);
    }

    /** The same of one that asked when this was the newest place. */
    private StartPoint.Placed place(SubscribeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        StartPoint start = setup.watcher().checked(request, resume.find(request.resume(), asked, work));
        if (start.fill() != null) {
            start = withFirstPass(request, start, work);
        }
        boolean damage = setup.sources().history().meetsDamage(start.cursor());
        String told = request.dialect().startId(request.cursor(), start, damage,
            () -> resume.isNothingFor(request.grant(), work));
        return new StartPoint.Placed(start, damage, isOver(request, start, work), told);
    }

    /**
     * Whether nothing can come any more from this start. A client whose cursor nobody knows has to hear that first, so
     * it gets its stream.
     */
    private boolean isOver(SubscribeRequest request, StartPoint start, LogWork work) throws IOException {
        if (!mayEnd(request) || start.resumed() == StartPoint.Resumed.RESET) {
            return false;
        }
        TopicMark last = AllEnded.ask(setup.ended(), request.topics(), request.grant(), work).last();
        return last != null && !last.place().isAfter(start.cursor());
    }

    /** Whether all topics of the stream may have ended, so that the log has to be asked; without the disk. */
    boolean mayEnd(SubscribeRequest request) {
        return !setup.ended().isEmpty() && request.dialect().endsWithTopics() && AllEnded.canBe(request.topics())
            && AllEnded.firstOpen(setup.ended(), request.topics(), 0) == request.topics().matchers().size();
    }

    /**
     * Reads the first events that the stream begins with at once. So of a moderate number of topics a client gets the
     * newest events from before its hello, whatever is published from then on.
     */
    private StartPoint withFirstPass(SubscribeRequest request, StartPoint start, LogWork work) throws IOException {
        HistoryRead.Result read = setup.sources().newest().read(View.of(request.topics(), request.grant()),
            start.cursor(), start.fill().until().place(), start.cursor(), false, work);
        // what is to be told of the log, and what was lost meanwhile, the feed finds out by itself
        return read.gapId() != null || read.transientLost() ? start : start.fillWith(read.frames(), read.end());
    }

    /** The place that is the newest now. */
    TailRing.Mark now() {
        return setup.sources().ring().newest();
    }

    /**
     * Begins to serve the stream.
     *
     * @param placed its start, or null when nobody has looked it up
     * @param asked  {@link #now} when the stream was asked for: not when its shard or a reader comes to it, for events
     *               that were answered before are old, and those that come from then on are new
     */
    void open(Subscriber s, StartPoint.Placed placed, TailRing.Mark asked) {
        StreamOwner<Subscriber> shard = s.owner();
        byte[] prelude = s.request().dialect().prelude(setup.retryMs().getAsLong());
        byte[] first = withPadding(prelude, s.request().portion().padding());
        shard.post(s, () -> shard.begin(s, first));
        if (placed != null) {
            attach(s, placed);
        } else if (s.request().cursor() == null && s.request().since().isNow()) {
            shard.post(s, () -> shard.attach(s, StartPoint.LIVE.at(asked), false));
        } else {
            setup.readers().submit(s, work -> attach(s, place(s.request(), asked, work)));
        }
    }

    /** Old browsers show nothing of a response before its first two kilobytes. */
    private static byte[] withPadding(byte[] prelude, byte[] padding) {
        byte[] first = Arrays.copyOf(prelude, prelude.length + padding.length);
        System.arraycopy(padding, 0, first, prelude.length, padding.length);
        return first;
    }

    private void attach(Subscriber s, StartPoint.Placed placed) {
        StartPoint start = placed.start();
        if (start.resumed() == StartPoint.Resumed.RESET) {
            setup.metrics().add(Count.RESETS);
        }
        s.owner().post(s, () -> s.owner().attach(s, start, placed.damageTold()));
    }
}
