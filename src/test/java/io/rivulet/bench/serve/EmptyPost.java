package io.rivulet.bench.serve;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a publish costs the container alone: an asynchronous POST that reads its body and answers as an id is long, at
 * once or, as whoever has to wait for something must, from another thread.
 */
final class EmptyPost extends HttpServlet {

    private final transient ExecutorService answers;

    private static final byte[] ANSWER = "urn:rivulet:ABCDEFGHIJKLMNOPQRSTUVWXYZ".getBytes(StandardCharsets.US_ASCII);

    EmptyPost(boolean later) {
        answers = later ? Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "bench-answer");
            thread.setDaemon(true);
            return thread;
        }) : null;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncContext async = request.startAsync();
        ServletInputStream in = request.getInputStream();
        in.setReadListener(new ReadListener() {
            private final byte[] some = new byte[4096];

            @Override
            public void onDataAvailable() throws IOException {
                while (in.isReady() && !in.isFinished()) {
                    if (in.read(some) < 0) {
                        return;
                    }
                }
            }

            @Override
            public void onAllDataRead() throws IOException {
                if (answers == null) {
                    answer(response);
                    async.complete();
                } else {
                    answers.execute(() -> {
                        try {
                            answer(response);
                        } catch (IOException e) {
                            // the driver has left
                        }
                        async.complete();
                    });
                }
            }

            @Override
            public void onError(Throwable reason) {
                async.complete();
            }
        });
    }

    private static void answer(HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.getOutputStream().write(ANSWER);
    }
}
