package io.rivulet.feed;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * {@code answers/…}: a text that is written word by word while pages watch, as an answer of a language model would be.
 * Nothing is written before somebody asks: with an event of {@code answers/ask} whose data is the name of the run. Run
 * by the thread {@code rivulet-feed}; publishers' threads bring what is asked.
 *
 * <p>A run goes on although nobody listens, for that is what it is to show. So runs are few, and short.
 */
final class AnswerFeed implements TickingFeed {

    static final String PREFIX = "answers/";
    static final String ASK = PREFIX + "ask";
    /** Runs at once. */
    static final int RUNS_MAX = 4;
    /** The last word of a run that was cancelled. */
    static final String STOPPED = "(stopped)";
    private static final Pattern NAME = Pattern.compile("(?!ask$)[A-Za-z0-9-]{1,64}");
    private static final Duration WORD = Duration.ofMillis(100);
    private static final Duration IDLE = Duration.ofMillis(250);
    private static final String TEXT = """
        This text is made up. A feed of the hub writes it word by word, as a language model would write an answer, and \
        it writes it only because somebody pressed a button.

        Each word is an event of one topic, and the log of the hub keeps it. The two panes are two streams of that \
        topic. They may begin at different times, on different machines, and they show the same text, since each of \
        them begins with the first word.

        Reload the page now. The text is here again at once, and goes on where it was: the stream has no state that \
        could be lost, only the name of the run, which stands in the address. Close the page, and the run goes on \
        without you. Open the address in another browser, and it is there as well.

        Press Stop in any of them. The feed learns it with its next word and says one last thing; every pane that \
        watches is told the same moment that the text is over, and why. An end is not a cut. When the network breaks, \
        a pane tries again and misses nothing; when the text has ended, it hears so, and its browser does not ask \
        any more.

        What has ended can be read again, today or tomorrow, for as long as the hub keeps its history. The first word \
        is then followed by the last one as fast as the network can carry them.

        None of this needs the feed. A program pipes its output to the hub with one command, a Java application hands \
        it a publisher, and the page needs nothing but an EventSource. That is all. The text ends here, and says so.
        """;

    private final Publisher hub;
    private final List<String> words;
    private final ArrayBlockingQueue<String> asked = new ArrayBlockingQueue<>(RUNS_MAX);
    private final List<Run> runs = new ArrayList<>();

    /** One text that is being written. */
    private final class Run {
        private final String topic;
        private int next;
        private CompletableFuture<?> under = CompletableFuture.completedFuture(null);
        /** Set by a thread of the hub's. */
        private volatile boolean isCancelled;
        private final Runnable watch;

        Run(String topic) {
            this.topic = topic;
            watch = hub.onCancel(topic, () -> isCancelled = true);
        }

        /** Publishes the next word, once the one before was answered; false when there is nothing more to do. */
        boolean goesOn() {
            if (!under.isDone()) {
                return true;
            }
            if (isRefused() || next == words.size()) {
                watch.run();
                return false;
            }
            boolean isLast = isCancelled || next == words.size() - 1;
            Event.Builder event = Event.on(topic).data(isCancelled ? STOPPED : words.get(next));
            next = isLast ? words.size() : next + 1;
            try {
                under = hub.publish(List.of((isLast ? event.end(TopicEnd.FINISHED) : event).build()));
            } catch (Refused e) {
                under = CompletableFuture.failedFuture(e); // and that is its end: it is a show
            }
            return true;
        }

        /** Not when somebody cancelled it between two words: then the last one is still to come. */
        private boolean isRefused() {
            return under.isCompletedExceptionally() && !(isCancelled && next < words.size());
        }
    }

    AnswerFeed(Publisher hub) {
        this.hub = hub;
        words = List.of(TEXT.split("(?<=[ \\n])(?=[^ \\n])"));
        hub.onPublish(ASK, event -> asked.offer(event.text()));
    }

    /** What it publishes to has no name before somebody asks. */
    @Override
    public List<String> topics() {
        return List.of();
    }

    @Override
    public Duration tick(Instant now) {
        for (String name = asked.poll(); name != null; name = asked.poll()) {
            String topic = PREFIX + name;
            if (NAME.matcher(name).matches() && runs.size() < RUNS_MAX
                && runs.stream().noneMatch(run -> run.topic.equals(topic))) {
                runs.add(new Run(topic));
            }
        }
        for (Iterator<Run> each = runs.iterator(); each.hasNext(); ) {
            if (!each.next().goesOn()) {
                each.remove();
            }
        }
        return runs.isEmpty() ? IDLE : WORD;
    }

    @Override
    public void close() {
        runs.forEach(run -> run.watch.run());
        runs.clear();
    }
}
