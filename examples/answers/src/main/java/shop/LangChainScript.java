package shop;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** The same of LangChain4j: it calls back from a thread of its own, and looks whether it was stopped. */
record LangChainScript(AtomicBoolean stopped) implements StreamingChatModel {

    private static final long PIECE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        String question = ((UserMessage) request.messages().get(0)).singleText();
        Script.AT_WORK.incrementAndGet();
        new Thread(() -> {
            try {
                answer(question, handler);
            } finally {
                Script.AT_WORK.decrementAndGet();
            }
        }, "made-up-model").start();
    }

    private void answer(String question, StreamingChatResponseHandler handler) {
        for (Iterator<String> pieces = Script.pieces(question).iterator(); pieces.hasNext() && !stopped.get(); ) {
            handler.onPartialResponse(pieces.next());
            LockSupport.parkNanos(PIECE_NS); // a model is slower than the log
        }
        if (question.equals(Script.HARD)) {
            handler.onError(new IllegalStateException("[tired]"));
        } else {
            handler.onCompleteResponse(ChatResponse.builder().aiMessage(AiMessage.from(question)).build());
        }
    }
}
