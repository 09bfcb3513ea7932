package shop;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** A model of Spring AI that is made up: it says the question again, word by word, or for ever. */
final class Script implements ChatModel {

    /** Models that give pieces now. */
    static final AtomicInteger AT_WORK = new AtomicInteger();
    /** A question that is answered until somebody stops it. */
    static final String ENDLESS = "for ever";
    /** A question that no model can answer. */
    static final String HARD = "hard";

    /** The pieces of the answer. */
    static Stream<String> pieces(String question) {
        return question.equals(ENDLESS) ? Stream.generate(() -> "on and ") : Stream.of(question.split("(?<= )"));
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        throw new UnsupportedOperationException("it gives pieces alone");
    }

    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        String question = prompt.getUserMessage().getText();
        Flux<String> pieces = Flux.fromStream(() -> pieces(question));
        return (question.equals(HARD) ? pieces.concatWith(Flux.error(new IllegalStateException("[tired]"))) : pieces)
            .map(piece -> new ChatResponse(List.of(new Generation(new AssistantMessage(piece)))))
            .doOnSubscribe(begun -> AT_WORK.incrementAndGet()).doFinally(end -> AT_WORK.decrementAndGet())
            .subscribeOn(Schedulers.boundedElastic());
    }
}
