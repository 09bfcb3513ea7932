package io.rivulet.http;

import static io.rivulet.refusal.Refused.Reason.METHOD;

import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyDrain;
import io.rivulet.http.form.BodyReader;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.RequestHead;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The base of the hub's servlets. It gets all it needs by its constructor, and it answers refusals and faults itself.
 * So it works in any application, without a filter before it and without error pages behind it. It runs in the
 * container's request threads.
 *
 * <p>Some requests wait for an outcome ({@link SuspendedRequest}). The container then calls the servlet a second time
 * for the same request: {@link #begin} has the first call, {@link #goOn} the second.
 */
public abstract class HubServlet extends HttpServlet {

    /** The time that any body has to come; a large one has more. */
    static final long BODY_LEAST_MS = 30_000;

    private final transient HubContext context;

    protected HubServlet(HubContext context) {
        this.context = context;
    }

    protected final HubContext context() {
        return context;
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SuspendedRequest.Outcome outcome = SuspendedRequest.take(request);
        if (outcome == null) {
            beginOrRefuse(request, response);
            return;
        }
        try {
            goOnOrRefuse(request, response, outcome);
        } catch (IOException e) {
            gone(request);
        }
    }

    private void beginOrRefuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            begin(request, response);
        } catch (Refused refused) {
            refuse(request, response, context.problem().answer(refused, request));
        } catch (RuntimeException e) {
            if (request.isAsyncStarted()) {
                throw e; // the container alone can end it now
            }
            refuse(request, response, fault(e, request));
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, Answer answer) throws IOException {
        BodyDrain.answer(request, response, answer, 2 * context.settings().get(SettingsTable.BODY_MAX));
    }

    /** Something was thrown that is no refusal: the caller's fault where the head cannot be read, else the hub's. */
    private Answer fault(RuntimeException e, HttpServletRequest request) {
        try {
            RequestHead.check(request);
            return context.problem().fault(e, request);
        } catch (Refused unreadable) {
            return context.problem().answer(unreadable, request);
        }
    }

    private void goOnOrRefuse(HttpServletRequest request, HttpServletResponse response,
        SuspendedRequest.Outcome outcome)
        throws IOException {
        try {
            goOn(request, response, outcome);
        } catch (Refused refused) {
            context.problem().write(refused, request, response);
        } catch (RuntimeException e) {
            fault(e, request).write(response);
        }
    }

    /**
     * The client has left while its request waited. Told so by an exception, Jetty would end a request that was
     * dispatched without calling onComplete, and its line in the access log would be missing.
     */
    private static void gone(HttpServletRequest request) {
        if (request.isAsyncStarted()) {
            Answer.complete(request.getAsyncContext());
        }
    }

    /** A new request. */
    protected abstract void begin(HttpServletRequest request, HttpServletResponse response) throws IOException;

    /** The request goes on, in a container's thread, with what it has waited for. */
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        throw new IllegalStateException("nothing here waits");
    }

    /**
     * Lets the request wait for its body; it then goes on with what {@code then} makes of the bytes, which must not
     * fail. The charge holds the body's memory until the request ends, or until somebody closes it.
     *
     * @throws Refused when more than {@code bytesMax} bytes are announced, or there is no memory for them
     */
    protected final void awaitBody(HttpServletRequest request, long bytesMax, BytesInFlight.Charge charge,
                                   Function<byte[], Object> then) throws IOException {
        RequestHead.checkPlain(request);
        long declared = request.getContentLengthLong();
        BodyReader.chargeHead(declared, bytesMax, charge);
        try {
            CompletableFuture<Object> body = new CompletableFuture<>();
            BodyReader reader = new BodyReader(request.getInputStream(), declared, bytesMax, charge,
                bytes -> body.complete(then.apply(bytes)), body::completeExceptionally,
                () -> body.completeExceptionally(Refused.malformed("the body ended early")));
            SuspendedRequest.awaitBody(body, request, context.problem(),
                BodyReader.timeoutMs(BODY_LEAST_MS, declared, bytesMax), charge);
            request.getInputStream().setReadListener(reader);
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    /** The refusal of a method that this resource does not have. */
    protected static Refused noMethod(HttpServletRequest request, HttpServletResponse response, String methods) {
        response.setHeader("Allow", methods);
        return Refused.because(METHOD, "the method " + Printable.of(request.getMethod())
            + " is none of this resource; it knows " + methods);
    }
}
