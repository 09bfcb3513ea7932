package io.rivulet.http.form;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Whoever gives up what was made of a look-up gives up the look-up. A stage of a {@link CompletableFuture} that is
 * cancelled does not tell the one before it, so the log would be searched for nobody.
 */
public final class GivingUp {

    private GivingUp() {
    }

    /** As {@link CompletableFuture#thenApply}. */
    public static <T, R> CompletableFuture<R> apply(CompletableFuture<T> lookUp, Function<T, R> next) {
        CompletableFuture<R> made = lookUp.thenApply(next);
        with(made, lookUp);
        return made;
    }

    /** As {@link CompletableFuture#thenCompose}; what comes second is given up as well, or not asked for any more. */
    public static <T, R> CompletableFuture<R> compose(CompletableFuture<T> lookUp,
                                                      Function<T, CompletableFuture<R>> next) {
        CompletableFuture<R> made = new CompletableFuture<>();
        with(made, lookUp);
        lookUp.thenCompose(found -> {
            if (made.isDone()) {
                return made;
            }
            CompletableFuture<R> second = next.apply(found);
            with(made, second);
            return second;
        }).whenComplete((value, failure) -> {
            if (failure == null) {
                made.complete(value);
            } else {
                made.completeExceptionally(failure);
            }
        });
        return made;
    }

    private static void with(CompletableFuture<?> made, CompletableFuture<?> lookUp) {
        made.whenComplete((value, failure) -> lookUp.cancel(false)); // too late, where the look-up has ended well
    }
}
