package io.rivulet.bench.serve;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a publish costs the container alone: an asynchronous POST that reads its body and answers as an id is long. */
final class EmptyPost extends HttpServlet {

    private static final byte[] ANSWER = "urn:rivulet:ABCDEFGHIJKLMNOPQRSTUVWXYZ".getBytes(StandardCharsets.US_ASCII);

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
                response.setContentType("text/plain");
                response.setContentLength(ANSWER.length);
                response.getOutputStream().write(ANSWER);
                async.complete();
            }

            @Override
            public void onError(Throwable reason) {
                async.complete();
            }
        });
    }
}
