package io.rivulet.http.form;

import java.util.concurrent.CompletableFuture;

/**
 * Whoever gives up what was made of a look-up gives up the look-up. A stage of a {@link CompletableFuture} that is
 * cancelled does not tell the one before it, so the log would be searched for nobody.
 */
public final class GivingUp {

    private GivingUp() {
    }

    /** Has {@code lookUp} cancelled when {@code made} of it is over; returns {@code made}. */
    public static <T> CompletableFuture<T> both(CompletableFuture<?> lookUp, CompletableFuture<T> made) {
        made.whenComplete((value, failure) -> lookUp.cancel(false)); // too late, where the look-up has ended well
        return made;
    }
}
