package io.rivulet.hub.stream.feed;

import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;

/**
 * The shared parts of one shard's feeds: their sources, their budgets, and the fields where they leave their answers.
 * The shard gives it to a {@link Feed} that it asks, and then reads the field that the outcome names. Shard thread.
 *
 * <p>The answers are fields, not results, so that a delivery makes no object.
 *
 * <p>A turn may take {@link #STEPS_MAX} steps to try matchers, and ends with what it has when they are spent. So a
 * stream with costly patterns gets on slowly, and delays the others of its shard by one turn at a time.
 */
public final class Turn {

    /** Steps of one turn, apart from those of its last match: a tenth of a millisecond. */
    public static final long STEPS_MAX = 20_000;

    private final FeedSources sources;
    private final Round round;
    private final WriteBudget budget;
    private final SharedBatches batches;
    private final ReplayWrite write;
    private final ConflationBudget conflation;
    private final StepBudget steps = new StepBudget();
    private final LiveChecks live = new LiveChecks();
    private final Delivery delivery = new Delivery();
    private Loss loss;
    private HistoryRead.Question question;

    /**
     * Events that a stream was to get and that are gone.
     *
     * @param isTransient whether they were transient
     * @param missed      how many, at most; null when it cannot be told
     * @param place       everything before this place is lost or was sent
     * @param id          the cursor for {@code place}
     * @param isDamage    whether the log is damaged there: reading again would find the same
     */
    public record Loss(boolean isTransient, Long missed, Position place, String id, boolean isDamage) {
    }

    public Turn(FeedSources sources, Round round, WriteBudget budget, ConflationBudget conflation) {
        this.sources = sources;
        this.round = round;
        this.budget = budget;
        this.batches = new SharedBatches(sources.ring());
        this.write = new ReplayWrite(budget, batches, steps);
        this.conflation = conflation;
    }

    /** The turn of one stream begins: what follows counts as its work. */
    public void begin() {
        steps.allow(STEPS_MAX);
    }

    /** The steps that this turn may take. */
    StepBudget steps() {
        return steps;
    }

    /** Steps that all turns took; the difference over one turn is what that turn took. */
    public long stepsTaken() {
        return steps.taken();
    }

    /** The checks of live events. */
    public LiveChecks live() {
        return live;
    }

    TailRing ring() {
        return sources.ring();
    }

    TransientTopics transients() {
        return sources.transients();
    }

    HistoryRead history() {
        return sources.history();
    }

    NewestRead newest() {
        return sources.newest();
    }

    public ReadBudget readBudget() {
        return sources.readBudget();
    }

    /** Whether a stream that has examined everything up to {@code seen} has caught up with the shard. */
    public boolean mayGoLive(Position seen) {
        return sources.goLive().mayGoLive(seen, round.place());
    }

    Round round() {
        return round;
    }

    public WriteBudget budget() {
        return budget;
    }

    public SharedBatches batches() {
        return batches;
    }

    ReplayWrite write() {
        return write;
    }

    public ConflationBudget conflation() {
        return conflation;
    }

    /** The bytes to write, after {@link Outcome#WRITE}. */
    public Delivery delivery() {
        return delivery;
    }

    /** The loss, after {@link Outcome#LOST}. */
    public Loss loss() {
        return loss;
    }

    /** The question to the log, after {@link Outcome#ASKS}. */
    public HistoryRead.Question question() {
        return question;
    }

    /** The event that there is no room for, after {@link Outcome#MEMORY}. */
    public WriteBudget.Need need() {
        return write.need();
    }

    Outcome lost(Loss what) {
        loss = what;
        return Outcome.LOST;
    }

    Outcome asks(HistoryRead.Question what) {
        question = what;
        return Outcome.ASKS;
    }
}
