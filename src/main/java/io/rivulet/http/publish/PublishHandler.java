package io.rivulet.http.publish;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyReader;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.RequestHead;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Publishes what a request holds: first comes the head, then the body as it comes, then the hub, then the answer. The
 * doors of updates and of Mercure use it, in the container's threads; the hub's answer thread calls back.
 *
 * <p>Nothing waits in a container's thread, and nothing reaches the hub before the last byte of the body is there.
 */
public final class PublishHandler {

    /** For a small body and the hub: longer than any store that is healthy, shorter than any client's patience. */
    public static final long TIMEOUT_MS = 60_000;

    private final HubContext context;
    private final long bodyBytesMax;
    private final int keyBytesMax;
    private final long timeoutMs;

    /** The handler of one door; {@code timeoutMs} is for body and hub together. */
    public PublishHandler(HubContext context, long timeoutMs) {
        this.context = context;
        this.timeoutMs = timeoutMs;
        bodyBytesMax = context.settings().get(SettingsTable.BODY_MAX);
        keyBytesMax = context.settings().get(SettingsTable.ID_BYTES_MAX);
    }

    /**
     * Starts the publish of a caller who may publish; the answer comes later.
     *
     * @param form made once the caller is known
     * @throws Refused when the head alone tells that it must be refused; the refusal is counted
     */
    public void handle(HttpServletRequest request, Supplier<PublishForm> form) throws IOException {
        PublishAudit audit = new PublishAudit(request);
        try {
            Grant grant = context.access().toPublish(request);
            audit.asks(grant);
            handle(request, audit, grant, form.get());
        } catch (Refused refused) {
            audit.refused(null, refused);
            context.hub().metrics().add(Count.REFUSED);
            throw refused;
        }
    }

    private void handle(HttpServletRequest request, PublishAudit audit, Grant grant, PublishForm form)
        throws IOException {
        if (!form.isBatch()) {
            context.hub().checkRate(grant); // of a batch only the body tells how many events must fit
        }
        RequestHead.checkPlain(request);
        String key = IdempotencyKey.of(request, keyBytesMax);
        ProducerSeq producer = ProducerHeaders.of(request, key, false, keyBytesMax);
        long declared = request.getContentLengthLong();
        boolean json = form.answersJson() && wantsJson(request.getHeader("Accept"));
        BytesInFlight.Charge charge = context.charge(request, grant);
        BodyReader.chargeHead(declared, bodyBytesMax, charge);
        try {
            AsyncContext async = request.startAsync();
            PublishReply reply = new PublishReply(context.problem(), async,
                BodyReader.timeoutMs(timeoutMs, declared, bodyBytesMax), charge);
            BodyReader reader = new BodyReader(request.getInputStream(), declared, bodyBytesMax, charge,
                bytes -> publish(reply, audit, form, bytes, key, producer, grant, json), failure -> {
                    reply.fail(failure);
                    audit.bodyFailed(failure);
                }, () -> {
                    reply.cut();
                    audit.cut();
                });
            reply.await(reader);
            request.getInputStream().setReadListener(reader);
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private void publish(PublishReply reply, PublishAudit audit, PublishForm form, byte[] bytes, String key,
                         ProducerSeq producer, Grant grant, boolean json) {
        reply.whole();
        List<Event> events;
        try {
            events = form.events(bytes);
        } catch (RuntimeException e) {
            context.hub().metrics().add(Count.REFUSED);
            reply.fail(e);
            audit.refused(null, e);
            return;
        }
        try {
            Publication publication = new Publication(events, grant,
                producer == null ? form.key(key, events) : null, producer);
            CompletableFuture<List<String>> published = context.hub().publish(publication);
            reply.handedOver();
            published.whenComplete((ids, failure) -> {
                if (failure == null) {
                    reply.answer(json ? json(ids, form.isBatch()) : text(ids, form));
                    audit.published(events, ids);
                } else {
                    Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
                    reply.fail(why);
                    audit.refused(events, why);
                }
            });
        } catch (RuntimeException e) {
            reply.fail(e);
            audit.refused(events, e);
        }
    }

    /** An id a line; where the form is not the hub's own the id and nothing else, as the protocol says. */
    private static Answer text(List<String> ids, PublishForm form) {
        String lines = ids.size() == 1 ? ids.get(0) : String.join("\n", ids);
        return Answer.text(200, form.answersJson() ? lines + '\n' : lines);
    }

    private static Answer json(List<String> ids, boolean batch) {
        JsonObject object = new JsonObject();
        if (batch) {
            JsonArray all = new JsonArray(ids.size());
            ids.forEach(all::add);
            object.add("ids", all);
        } else {
            object.addProperty("id", ids.isEmpty() ? null : ids.get(0)); // taken long ago, and nobody knows its id
        }
        return Answer.json(200, object.toString());
    }

    static boolean wantsJson(String accept) {
        return accept != null && accept.toLowerCase(java.util.Locale.ROOT).contains(Answer.JSON);
    }
}
