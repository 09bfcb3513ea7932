package io.rivulet;

import io.rivulet.auth.Grant;
import io.rivulet.boot.Assembly;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.http.publish.IdempotencyKey;
import io.rivulet.http.trace.PublishSpan;
import io.rivulet.http.trace.Spans;
import io.rivulet.hub.Hub;
import io.rivulet.hub.TopicWatches;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The public face of a running hub: it turns public values into those of the hub, and refusals into the public
 * exception. {@link Rivulet} and {@link Installation} make it. Any thread; it keeps nothing.
 */
final class EmbeddedHub implements RivuletHub {

    private final ServletContext application;
    private final Hub hub;
    private final Settings settings;
    private final Supplier<String> whyNotReady;

    EmbeddedHub(Assembly assembly) {
        application = assembly.application();
        hub = assembly.hub();
        settings = assembly.settings();
        whyNotReady = assembly::whyNotReady;
    }

    @Override
    public CompletableFuture<List<String>> publish(List<Message> messages, String key) {
        PublishSpan span = Spans.here(application);
        try {
            CompletableFuture<List<String>> answer = asked(() -> ask(messages, key), ids -> ids);
            if (span.isOn()) {
                answer.whenComplete((ids, fault) -> tell(span, messages, ids, fault));
            }
            return answer;
        } catch (RuntimeException e) {
            tell(span, messages, null, e);
            throw e;
        }
    }

    private CompletableFuture<List<String>> ask(List<Message> messages, String key) {
        if (messages.isEmpty()) {
            throw Refused.malformed("there is no message to publish");
        }
        String checked = key == null ? null
            : IdempotencyKey.checked("the key", key, settings.get(SettingsTable.ID_BYTES_MAX));
        List<Event> events = messages.stream().map(EmbeddedHub::event).toList();
        return hub.publish(new Publication(events, Grant.INTERNAL, IdempotencyKey.of(checked, events)));
    }

    private static void tell(PublishSpan span, List<Message> messages, List<String> ids, Throwable fault) {
        if (fault == null) {
            span.published(messages.stream().flatMap(message -> message.topics().stream()).distinct().toList(), ids);
        } else {
            span.refused(PublishSpan.reason(fault instanceof RivuletException ? fault.getCause() : fault));
        }
    }

    @Override
    public TopicPublisher publisher(String topic) {
        TopicPublisher publisher = new TopicPublisher(Objects.requireNonNull(topic), this::publish, hub.alarms(),
            settings.get(SettingsTable.BATCH_MAX));
        publisher.whenOver(watch(() -> hub.watches().onStop(topic, publisher::stopped))::close);
        return publisher;
    }

    @Override
    public Watch onCancel(String topic, Runnable task) {
        Objects.requireNonNull(task);
        return watch(() -> hub.watches().onStop(Objects.requireNonNull(topic), why -> {
            if (why == TopicWatches.Stop.CANCELLED) {
                task.run();
            }
        }));
    }

    @Override
    public Watch onUnheard(String topic, Duration time, Runnable task) {
        return watch(() -> hub.watches().onUnheard(Objects.requireNonNull(topic), time, Objects.requireNonNull(task)));
    }

    private static Watch watch(Supplier<TopicWatches.Closing> begun) {
        try {
            return begun.get()::close;
        } catch (Refused e) {
            throw RivuletException.of(e);
        }
    }

    private static Event event(Message message) {
        Event.Builder event = Event.builder().data(message.data()).type(message.type()).id(message.id())
            .retryMs(message.retry().toMillis()).markPrivate(message.isPrivate())
            .end(message.end()).lease(message.lease());
        message.topics().forEach(event::topic);
        return event.build();
    }

    @Override
    public CompletableFuture<String> cancel(String topic) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        return asked(() -> {
            hub.cancel(topic, Grant.INTERNAL, Caller.of(Grant.INTERNAL, null)).whenComplete((id, fault) -> {
                if (fault instanceof Refused refused && refused.reason() == Refused.Reason.ENDED) {
                    // no failure: a person's stop and the last piece may cross each other at any time
                    answer.complete(refused.facts().get("id").toString());
                } else if (fault != null) {
                    answer.completeExceptionally(fault);
                } else {
                    answer.complete(id);
                }
            });
            return answer;
        }, id -> id);
    }

    @Override
    public CompletableFuture<Page> history(HistoryQuery query) {
        return asked(() -> {
            if (query.topics().isEmpty()) {
                throw Refused.malformed("the query names no topic");
            }
            int bytesMax = settings.get(SettingsTable.TOPIC_BYTES_MAX);
            TopicSelection topics = hub.topics().select(query.topics().stream()
                .map(topic -> hub.topics().written(Topic.checkText(topic, bytesMax))).toList());
            // the query has no times that count from now
            Since since = Since.parse(query.since(), Instant.EPOCH);
            return hub.history(topics, Grant.INTERNAL, since, query.after(), query.limit());
        }, EmbeddedHub::page);
    }

    private static Page page(History history) {
        return new Page(history.events().stream().map(item -> new Past(item.id(), Instant.ofEpochMilli(item.timeMs()),
            item.topics(), item.event().type(), item.event().text(), item.event().isPrivate())).toList(),
            history.next());
    }

    @Override
    public List<Connection> connections(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("at least 1 connection is asked for, not " + most);
        }
        return hub.connections().oldest(most).stream().map(one -> new Connection(one.connection(), one.subject(),
            one.peer(), one.topics(), Instant.ofEpochMilli(one.openedMs()),
            one.expiresMs() == Grant.NEVER ? null : Instant.ofEpochMilli(one.expiresMs()))).toList();
    }

    @Override
    public int connectionCount() {
        return hub.connections().open();
    }

    @Override
    public boolean closeConnection(String connection) {
        return hub.connections().close(connection);
    }

    @Override
    public boolean isHeard(String topic) {
        return hub.isHeard(topic);
    }

    @Override
    public List<Presence> presence() {
        if (!hub.presence().isOn()) {
            throw new IllegalStateException("presence is off; " + SettingsTable.PRESENCE.fullKey()
                + "=true keeps the list of who is subscribed to what");
        }
        try {
            return hub.presence().list(one -> true).stream()
                .map(one -> new Presence(one.subscriber(), one.text(), one.payload())).toList();
        } catch (Refused e) {
            throw RivuletException.of(e);
        }
    }

    @Override
    public Optional<String> whyNotReady() {
        return Optional.ofNullable(whyNotReady.get());
    }

    @Override
    public Optional<String> whyNotPublishing() {
        return Optional.ofNullable(hub.publishTrouble());
    }

    /** Asks the hub; refusals become the public exception, and a future that is cancelled ends the search behind it. */
    private static <T, R> CompletableFuture<R> asked(Supplier<CompletableFuture<T>> question,
                                                     Function<T, R> told) {
        CompletableFuture<T> inside;
        try {
            inside = question.get();
        } catch (Refused e) {
            throw RivuletException.of(e);
        }
        CompletableFuture<R> answer = new CompletableFuture<>();
        inside.whenComplete((value, fault) -> {
            if (fault instanceof Refused refused) {
                answer.completeExceptionally(RivuletException.of(refused));
            } else if (fault != null) {
                answer.completeExceptionally(fault);
            } else {
                complete(answer, value, told);
            }
        });
        answer.whenComplete((value, fault) -> {
            if (answer.isCancelled()) {
                inside.cancel(false);
            }
        });
        return answer;
    }

    private static <T, R> void complete(CompletableFuture<R> answer, T value, Function<T, R> told) {
        try {
            answer.complete(told.apply(value));
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }
}
