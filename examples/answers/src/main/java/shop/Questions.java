package shop;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.rivulet.Rivulet;
import io.rivulet.RivuletException;
import io.rivulet.RivuletHub;
import io.rivulet.TopicPublisher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.ai.chat.client.ChatClient;
import reactor.adapter.JdkFlowAdapter;

/**
 * Takes a question: {@code POST /ask/langchain4j/42} or {@code /ask/spring-ai/42}. The answer goes to the topic run/42,
 * whoever reads it. {@code DELETE} of the same stops the model, {@code GET /ask} tells how many are at work.
 */
public final class Questions extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final Duration TOGETHER = Duration.ofMillis(20);
    private static final int TOGETHER_BYTES = 512;

    /** What the hub refuses is no fault of the shop's: it takes nothing now, or the name of the run cannot be one. */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
        try {
            super.service(request, response);
        } catch (RivuletException e) {
            response.sendError(e.status(), e.getMessage());
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof RivuletException refused)) {
                throw e;
            }
            response.sendError(refused.status(), refused.getMessage());
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String[] path = request.getPathInfo().split("/");
        String topic = "run/" + path[2];
        String question = request.getParameter("what");
        RivuletHub hub = Rivulet.hub(getServletContext());
        TopicPublisher run = hub.publisher(topic).join(TOGETHER, TOGETHER_BYTES).lease(Duration.ofMinutes(1))
            .sayOnError(Throwable::getMessage).sayOnCancel("[stopped]");
        if (path[1].equals("spring-ai")) {
            JdkFlowAdapter.publisherToFlowPublisher(ChatClient.create(new Script()).prompt().user(question).stream()
                .content()).subscribe(run);
        } else {
            AtomicBoolean stopped = new AtomicBoolean();
            RivuletHub.Watch watch = hub.onCancel(topic, () -> stopped.set(true));
            run.ended().whenComplete((id, failure) -> watch.close());
            new LangChainScript(stopped).chat(question, handler(run));
        }
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
    }

    /** Who comes too late is answered in the same way: the run is over. */
    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) {
        Rivulet.hub(getServletContext()).cancel("run/" + request.getPathInfo().split("/")[2]).join();
    }

    /** Calls become pieces. */
    private static StreamingChatResponseHandler handler(TopicPublisher run) {
        return new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                run.onNext(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse all) {
                run.onComplete();
            }

            @Override
            public void onError(Throwable failure) {
                run.onError(failure);
            }
        };
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().print(Script.AT_WORK.get());
    }
}
