package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.SharedLife;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Finds where a stream begins, from a cursor or from {@code since}. The hub asks it for each stream that does not
 * simply begin now, and for pages of history. Reader threads only: it asks the log.
 *
 * <p>A cursor is believed only when its epoch could reach its position and its nonce is that of the commit there. A
 * cursor from a lost tail, an older backup or another store fails this and is a reset: its events are never skipped
 * without a word.
 */
public final class Resume {

    private static final String EARLIEST = "earliest";
    private static final TopicSelection ANY = TopicSelection.ofTopics(List.of(Topic.ANY));

    private final LocalLog log;
    private final TailRing ring;
    private final TransientTopics transients;
    private final PlaceIds ids;
    private final Predicate<TopicSelection> mayBeTransient;
    private final Predicate<TopicSelection> mayBeOfNode;

    /**
     * Makes it.
     *
     * @param mayBeTransient says whether a selection may contain transient topics
     * @param mayBeOfNode    the same of those whose events each node of a cluster has for itself
     */
    public Resume(LocalLog log, TailRing ring, TransientTopics transients, Predicate<TopicSelection> mayBeTransient,
                  Predicate<TopicSelection> mayBeOfNode) {
        this.log = log;
        this.ring = ring;
        this.transients = transients;
        this.ids = new PlaceIds(log, transients);
        this.mayBeTransient = mayBeTransient;
        this.mayBeOfNode = mayBeOfNode;
    }

    /**
     * The start of this stream. The race: T1 (a client) has the head of its response, and publishes; T2 (a reader
     * thread) looks up its start only now. The client may well expect the event, so one that has no cursor, or one that
     * nobody knows, begins no later than at the place that was the newest when it asked.
     *
     * @param asked the newest place when the client asked
     */
    public StartPoint find(ResumeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        StartPoint found = begin(request, asked, work);
        return found.cursor() == null ? found.at(asked) : found;
    }

    /** The place after which a page of history begins that is asked for now. */
    StartPoint find(ResumeRequest request, LogWork work) throws IOException {
        return find(request, ring.newest(), work);
    }

    /** The start; its cursor is null where that is the place at which the client asked. */
    private StartPoint begin(ResumeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        String cursor = request.cursor();
        if (cursor == null) {
            return since(request, asked, work);
        }
        if (cursor.isEmpty()) {
            return StartPoint.LIVE;
        }
        if (cursor.equals(EARLIEST)) {
            return earliest();
        }
        StartPoint place = placeOf(request, false, work);
        if (place == StartPoint.RESET && work.catchUp(log)) {
            place = placeOf(request, true, work); // another node had the event before this one
        }
        return place == StartPoint.RESET ? unknown(request, asked, work) : place;
    }

    /** The place of an id; RESET for one that this node does not know, also where it has all of it by now. */
    private StartPoint placeOf(ResumeRequest request, boolean hasAll, LogWork work) throws IOException {
        String cursor = request.cursor();
        IdSeal.Opened opened = cursor.startsWith(IdSeal.PREFIX) ? log.seal().open(cursor) : null;
        StartPoint place = opened == null ? StartPoint.RESET : sealed(request, opened, hasAll, work);
        // not the hub's: on the Mercure path a publisher may have given an id that looks like one (PUB-09)
        return place == StartPoint.RESET ? named(request, work) : place;
    }

    /**
     * A cursor that nobody knows. Where to begin then the client may have said by {@code since}. If not, an id of the
     * hub's form is of another history. Another one may be a publisher's, of an event that is gone: all that is kept is
     * newer than that, and the client has not got it.
     */
    private StartPoint unknown(ResumeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        boolean isHubs = request.cursor().startsWith(IdSeal.PREFIX);
        return switch (request.since().kind()) {
            case LATEST -> StartPoint.RESET;
            case UNSAID -> isHubs ? StartPoint.RESET : afterTheLost(request, work);
            default -> since(request, asked, work)
                .as(isHubs ? StartPoint.Resumed.RESET : StartPoint.Resumed.PARTIAL);
        };
    }

    /** From the oldest event there is, if others were lost; else the cursor was never an id here. */
    private StartPoint afterTheLost(ResumeRequest request, LogWork work) throws IOException {
        Position oldest = oldest();
        boolean isFirstRun = log.range().epoch() <= 1;
        StartPoint start = lostAmongTransients(request, work, isFirstRun, isFirstRun, Position.START,
            StartPoint.partial(oldest, ids.idOf(oldest), null));
        return start.transientLost() || log.find(work).lastTrimmed(view(request)) > 0 ? start : StartPoint.RESET;
    }

    /**
     * A publisher's id: of repeated ones the earliest (REC-07), of those that the caller may know of. A caller who is
     * told places has got by this id only an event that had it first; where that is gone, nobody knows the cursor.
     */
    private StartPoint named(ResumeRequest request, LogWork work) throws IOException {
        String cursor = request.cursor();
        Optional<LogEntry> entry = log.find(work).byId(cursor, request.grant().subscribes(), request.places());
        if (entry.isPresent()) {
            Position place = Position.ofDurable(entry.get().position());
            boolean isOfThisRun = entry.get().epoch() == log.range().epoch();
            return lostAmongTransients(request, work, isOfThisRun || transients.shared() != null, isOfThisRun, place,
                StartPoint.exact(place, cursor));
        }
        Position place = transients.byId(cursor, request.grant().subscribes(), work);
        return place == null ? StartPoint.RESET : StartPoint.exact(place, cursor);
    }

    /** Whether nothing was ever published that this caller may see; others must not tell by it. */
    public boolean isNothingFor(Grant grant, LogWork work) throws IOException {
        View view = View.of(ANY, grant);
        long first = log.range().first();
        return newest().equals(Position.START)
            || !grant.readsAll() && log.find(work).lastTrimmed(view) == 0
            && log.find(work).beforeNewest(view, 1) == first - 1
            && log.read(first - 1, Math.min(first, log.range().head()), view, 1, work).entries().isEmpty()
            && transients.newestOfEach(view, work).isEmpty();
    }

    /**
     * The start from an id that the hub has sealed. The questions are, in order: can its epoch have had this position;
     * is its nonce that of the commit there; is everything after it in memory; did retention take events that the
     * caller would have got. Only the last makes it partial, so a cursor from before a trim stays exact for topics that
     * were silent.
     */
    private StartPoint sealed(ResumeRequest request, IdSeal.Opened opened, boolean hasAll, LogWork work)
        throws IOException {
        LogRange range = log.range();
        LogFinder find = log.find(work);
        long durable = opened.position().durable();
        boolean isOfThisRun = opened.epoch() == range.epoch();
        SharedLife shared = transients.shared();
        Position known = ring.placeOf(opened, isOfThisRun, shared);
        boolean isOfLife = shared != null && IdSeal.isLife(opened.epoch());
        if (durable > range.head() || !isOfLife && !find.epochReaches(opened.epoch(), durable)
            || known != null && isAhead(opened, known, range, isOfLife && hasAll)) {
            return StartPoint.RESET;
        }
        OptionalLong nonce = durable >= range.first() || durable == 0 ? find.nonceAt(durable) : OptionalLong.empty();
        if (nonce.isPresent() && nonce.getAsLong() != opened.nonce()) {
            return StartPoint.RESET;
        }
        if (known != null && !ring.floor().isAfter(known)) { // all of it is in memory, trimmed or not
            StartPoint exact = StartPoint.exact(known, request.cursor());
            return shared == null ? exact : lostAmongTransients(request, work, true, isOfThisRun, known, exact);
        }
        Position place = known != null ? known : shared != null ? behind(durable) : Position.ofDurable(durable);
        Position cursor = known != null ? known : opened.position();
        boolean conflates = request.conflates();
        if (durable < range.first() - 1 && (conflates ? find.newestTrimmed(durable, view(request))
            : find.lastTrimmed(view(request)) > durable)) {
            Position oldest = oldest();
            return lostAmongTransients(request, work, known != null, isOfThisRun, cursor, StartPoint.partial(oldest,
                ids.idOf(oldest), StartPoint.missed(view(request), oldest.durable() - durable)));
        }
        if (durable < range.first() - 1 && !conflates) {
            place = oldest(); // only other topics were trimmed between
        }
        return lostAmongTransients(request, work, known != null, isOfThisRun, cursor,
            StartPoint.exact(place, request.cursor()));
    }

    /**
     * Behind all events that follow on this durable one up to now: the client may have got them at another node, and
     * they must not come twice.
     */
    private Position behind(long durable) {
        Position newest = newest();
        Position end = Position.endOf(durable);
        return end.isAfter(newest) ? newest : end;
    }

    /** Whether this node has not shown the event yet, as far as it knows; {@code hasCome}: it will in a moment. */
    private boolean isAhead(IdSeal.Opened opened, Position known, LogRange range, boolean hasCome) {
        return opened.position().transients() > 0 && known.isAfter(newest()) && !hasCome
            && (transients.shared() == null || known.durable() >= range.head() || IdSeal.isLife(opened.epoch()));
    }

    /**
     * Adds whether transient events were lost between the cursor and the events that memory still holds.
     *
     * @param isKnown     whether the cursor has a place among those in memory; else all before them count as lost. One
     *                    of an earlier run has none, for with a restart the memory of losses is gone
     * @param isOfThisRun whether this very node has given it: others have had events that are theirs alone
     */
    private StartPoint lostAmongTransients(ResumeRequest request, LogWork work, boolean isKnown, boolean isOfThisRun,
                                           Position cursor, StartPoint start) {
        if (!mayBeTransient.test(request.topics())) {
            return start;
        }
        Position floor = ring.floor();
        View view = view(request);
        boolean newestOnly = request.conflates() && !start.cursor().isAfter(cursor);
        SharedLife shared = transients.shared();
        boolean lost = !isKnown
            || shared != null && (shared.lostUpTo().isAfter(cursor)
            || !isOfThisRun && mayBeOfNode.test(request.topics()))
            || floor.isAfter(cursor) && (newestOnly ? transients.newestLost(cursor, floor, view, work)
            : transients.lostSince(cursor, view, work));
        return lost ? start.withTransientLost(true, floor) : start;
    }

    /** The start of a first connect, no later than the place at which it asked: a time may lie ahead. */
    private StartPoint since(ResumeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        StartPoint start = sinceThen(request, asked, work);
        return start.cursor() != null && start.cursor().isAfter(asked.place()) ? start.at(asked) : start;
    }

    private StartPoint sinceThen(ResumeRequest request, TailRing.Mark asked, LogWork work) throws IOException {
        Since since = request.since();
        return switch (since.kind()) {
            case UNSAID, LATEST -> StartPoint.LIVE;
            case EARLIEST -> earliest();
            case LAST_OF_EACH -> newestOfEach(request, asked, work);
            case LAST_COUNT -> at(newest(request, since.count(), work));
            case INSTANT -> {
                long timeMs = since.at().toEpochMilli();
                Position place = fromRingTime(timeMs);
                yield place != null ? at(place) : fromTime(request, timeMs, work);
            }
        };
    }

    /** From a time that the ring does not reach back to. */
    private StartPoint fromTime(ResumeRequest request, long timeMs, LogWork work) throws IOException {
        Position place = Position.ofDurable(log.find(work).beforeTime(timeMs));
        boolean trimmed = place.durable() == log.range().first() - 1 && log.find(work).lastTrimmed(view(request)) > 0;
        return trimmed ? StartPoint.partial(place, ids.idOf(place), null) : at(place);
    }

    private StartPoint earliest() {
        return at(oldest());
    }

    /** Before the oldest event there is: in the log, or in a ring that reaches back further than retention. */
    private Position oldest() {
        Position trimmed = Position.ofDurable(log.range().first() - 1);
        Position floor = ring.floor();
        return trimmed.isAfter(floor) ? floor : trimmed;
    }

    private StartPoint at(Position place) {
        return StartPoint.exact(place, ids.idOf(place));
    }

    /**
     * The newest event of each topic, then live. They lie between the oldest of them and the place at which the client
     * asked: newer ones come by themselves, so none is missing and none comes twice. There may be any number of topics,
     * so the stream reads them as it takes them.
     */
    private StartPoint newestOfEach(ResumeRequest request, TailRing.Mark head, LogWork work) throws IOException {
        View view = view(request);
        Position cursor = beforeDurable(view, head.place().durable(), work);
        for (EventFrame frame : transients.newestOfEach(view, work)) { // ascending
            if (!frame.position().isAfter(head.place()) && (cursor == null || cursor.isAfter(frame.position()))) {
                cursor = frame.position().before();
            }
        }
        boolean lost = transients.newestLost(Position.START, head.place(), view, work);
        if (cursor == null) {
            return StartPoint.LIVE.withTransientLost(lost, null);
        }
        return new StartPoint(StartPoint.Resumed.EXACT, cursor, ids.idOf(cursor), 0L, lost, null,
            new StartPoint.Fill(head, null, cursor));
    }

    /** The place before the oldest durable event that is not out of date; null where there is none. */
    private Position beforeDurable(View view, long head, LogWork work) throws IOException {
        long after = log.range().first() - 1;
        while (after < head) {
            LogChunk chunk = log.find(work).readNewest(after, head, view, 1);
            if (!chunk.entries().isEmpty()) {
                return Position.ofDurable(chunk.entries().get(0).position() - 1);
            }
            after = Math.max(after + 1, chunk.examinedTo());
        }
        return null;
    }

    /** The place after which {@code n} events for the caller come: counted back through the ring, then the log. */
    private Position newest(ResumeRequest request, int n, LogWork work) throws IOException {
        View view = view(request);
        int counted = 0;
        int durable = 0; // the log counts these as well
        for (long sequence = ring.head(); sequence > 0; sequence--) {
            EventFrame frame = ring.get(sequence);
            if (frame == null) {
                break;
            }
            work.pause();
            if (view.shows(frame.topics(), frame.isPrivate(), work)) {
                durable += frame.isTransient() ? 0 : 1;
                if (++counted == n) {
                    return frame.position().before();
                }
            }
        }
        return Position.ofDurable(log.find(work).beforeNewest(view, n - counted + durable));
    }

    private static View view(ResumeRequest request) {
        return View.of(request.topics(), request.grant());
    }

    /** The place before the first event in the ring of that time or later; null when the ring does not reach back. */
    private Position fromRingTime(long timeMs) {
        Position place = newest();
        for (long sequence = ring.head(); sequence > 0; sequence--) {
            EventFrame frame = ring.get(sequence);
            if (frame == null) {
                return null;
            }
            if (frame.timeMs() < timeMs) {
                return place;
            }
            place = frame.position().before();
        }
        return null;
    }

    private Position newest() {
        return ring.newest().place();
    }
}
