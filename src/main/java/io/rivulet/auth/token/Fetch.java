package io.rivulet.auth.token;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * One bounded GET, for key sets. The address comes from the settings alone, never from a token or a request, so nobody
 * but the operator chooses where the hub connects to; no redirect is followed, so the other side does not choose
 * either. {@link HttpURLConnection}, because it has no threads of its own that could outlive the web application. For
 * one thread; {@link #close} from any.
 */
final class Fetch implements AutoCloseable {

    private static final int CONNECT_MS = 3_000;
    private static final int READ_MS = 5_000;
    /** For the whole answer: a server that sends a byte now and then does not hold the thread. */
    private static final long WHOLE_NS = TimeUnit.SECONDS.toNanos(10);

    private final HttpURLConnection connection;

    Fetch(URI uri) throws IOException {
        connection = (HttpURLConnection) uri.toURL().openConnection();
    }

    /**
     * The answer's body.
     *
     * @throws IOException when there is none of at most {@code bytesMax}, or it is no 200
     */
    String get(int bytesMax) throws IOException {
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(READ_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/jwk-set+json, application/json");
        // kept alive, it would stay in the JDK's own cache, with a timer thread
        connection.setRequestProperty("Connection", "close");
        long start = System.nanoTime();
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new IOException("the answer is " + status + (status / 100 == 3 ? ", and redirects are not followed"
                : ""));
        }
        byte[] bytes = new byte[bytesMax + 1];
        int length = 0;
        try (InputStream in = connection.getInputStream()) {
            int n;
            while (length < bytes.length && (n = in.read(bytes, length, bytes.length - length)) >= 0) {
                length += n;
                if (System.nanoTime() - start > WHOLE_NS) {
                    throw new IOException("the answer is too slow");
                }
            }
        }
        if (length > bytesMax) {
            throw new IOException("the answer has more than " + bytesMax + " bytes");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
