package io.rivulet.auth.token;

import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JWK Set from a file or from the network, loaded and loaded again. {@link KeyFinder} asks for its keys, on the
 * threads of requests. All loading is on a thread of its own, so no request waits: until the first load, and while a
 * key may be on its way, tokens get 503 and a {@code Retry-After}.
 *
 * <p>The hard thing is when to load. A rotation shows itself by a token that fits none of the keys, but so does a
 * forged one: loading for every such token would let anybody aim the hub at the issuer's server. So a set is loaded
 * when it is old and a token is looked at, and for a token that fits no key only after a pause. When loading fails, the
 * keys that are here go on for a day.
 */
final class JwksSource implements KeySource {

    /** Between two loads that tokens ask for: a flood of bad ones makes the hub load no more often. */
    private static final long ASKED_MS = 30_000;
    /** After a failure. */
    private static final long RETRY_MS = 5_000;
    /** A load takes less: one that has not ended by then has died, and could not say so. */
    private static final long LOADING_MS = 60_000;
    /** How long keys are believed that cannot be loaded again. */
    private static final long STALE_MS = Duration.ofDays(1).toMillis();
    private static final Logger LOG = LoggerFactory.getLogger(JwksSource.class);

    private final String source;
    private final URI uri;
    private final List<String> allowed;
    private final long ageMs;
    private final InstantSource clock;
    private final ExecutorService loader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "rivulet-jwks");
        thread.setDaemon(true);
        return thread;
    });

    private volatile List<VerifierKey> keys;
    private volatile long loadedMs;
    private volatile long generation;
    private volatile Fetch fetch;
    private volatile boolean closed;
    private volatile boolean failed;
    // guarded by this
    private boolean loading;
    private long startedMs;

    private JwksSource(String source, URI uri, List<String> allowed, Duration age, InstantSource clock) {
        this.source = source;
        this.uri = uri;
        this.allowed = allowed;
        this.ageMs = age.toMillis();
        this.clock = clock;
    }

    /**
     * The key set at an https URL, where loading begins, or in a file, which is read at once.
     *
     * @throws IllegalArgumentException when it is neither, or the file cannot be used
     */
    static KeySource of(String source, List<String> allowed, Duration age, InstantSource clock) {
        if (!source.matches("https?://.*")) {
            JwksSource file = new JwksSource(source.startsWith(KeyTexts.FILE)
                ? source.substring(KeyTexts.FILE.length()) : source, null, allowed, age, clock);
            try {
                file.startedMs = clock.millis();
                file.put(file.read(), file.startedMs);
            } catch (IOException | IllegalArgumentException e) {
                file.close();
                throw new IllegalArgumentException("the file " + file.source + " cannot be used: " + e.getMessage(), e);
            }
            return file;
        }
        if (allowed.stream().anyMatch(Algorithms::isHmac)) {
            throw new IllegalArgumentException("a key set from the network has no secrets, so HS256, HS384 and HS512 "
                + "cannot be allowed for it");
        }
        JwksSource set = new JwksSource(source, uri(source), allowed, age, clock);
        set.load(clock.millis(), 0);
        return set;
    }

    private static URI uri(String source) {
        URI uri;
        try {
            uri = new URI(source);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("it is no URL: " + e.getReason(), e);
        }
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException("it is no URL with a host and without a password");
        }
        if (uri.getScheme().equals("http") && !isLoopback(uri.getHost())) {
            throw new IllegalArgumentException("keys that came over http could be anybody's; https, or http from this "
                + "machine (127.0.0.1)");
        }
        return uri;
    }

    /** By what is written, without asking anybody who might say something else later. */
    private static boolean isLoopback(String host) {
        try {
            return host.equals("localhost") || host.matches("127\\.\\d+\\.\\d+\\.\\d+|\\[[0-9a-fA-F:]+\\]")
                && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public List<VerifierKey> keys() {
        long now = clock.millis();
        List<VerifierKey> here = keys;
        if (here == null || now - loadedMs >= ageMs) {
            load(now, RETRY_MS);
        }
        // after a quiet night the keys of yesterday are not used once more, unless they cannot be had anew
        if (here == null || now - loadedMs > (failed ? STALE_MS : 2 * ageMs)) {
            throw notHere("the keys that tokens are checked with are not loaded");
        }
        return here;
    }

    @Override
    public void missed(String kid) {
        // a key that is here and did not sign it will not be another one after a load
        if (kid == null || keys().stream().noneMatch(key -> kid.equals(key.kid()))) {
            if (load(clock.millis(), ASKED_MS)) {
                throw notHere("the key that the token names is being looked for");
            }
        }
    }

    private Refused notHere(String why) {
        return Refused.discreetly(Reason.NOT_OPEN, why + "; try again soon", why + " from " + source);
    }

    @Override
    public long generation() {
        return generation;
    }

    /**
     * Begins to load, unless that was done less than {@code pauseMs} ago.
     *
     * @return whether a load is under way
     */
    private synchronized boolean load(long now, long pauseMs) {
        if (loading && now - startedMs < LOADING_MS) {
            return true;
        }
        if (closed || startedMs != 0 && now - startedMs < pauseMs && !(failed && now - startedMs >= RETRY_MS)) {
            return false;
        }
        loading = false;
        startedMs = now;
        try {
            loader.execute(this::loadNow);
            loading = true; // it has not ended yet: that takes the lock
        } catch (RejectedExecutionException e) {
            LOG.debug("the key set {} was closed in between", source);
        }
        return loading;
    }

    private void loadNow() {
        boolean ok = false;
        try {
            put(read(), clock.millis());
            ok = true;
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.warn("the key set {} cannot be loaded: {}; {}", source, e.getMessage(), keys == null
                    ? "its tokens get 503 until it can" : "the keys that are here go on");
            }
        } catch (Error e) {
            FaultLog.tell(LOG, "The key set {} could not be loaded; that is tried again", source, e);
        } finally {
            fetch = null;
            failed = !ok;
            synchronized (this) {
                loading = false;
            }
        }
    }

    private List<VerifierKey> read() throws IOException {
        if (uri == null) {
            Path path = Path.of(source);
            if (Files.size(path) > JwkSets.BYTES_MAX) {
                throw new IOException("it has more than " + JwkSets.BYTES_MAX + " bytes");
            }
            return JwkSets.read(Files.readString(path), allowed);
        }
        try (Fetch get = new Fetch(uri)) {
            fetch = get;
            return JwkSets.read(get.get(JwkSets.BYTES_MAX), allowed);
        }
    }

    private void put(List<VerifierKey> loaded, long now) {
        if (keys == null) {
            LOG.info("the key set {} has {} keys", source, loaded.size());
        }
        keys = loaded;
        loadedMs = now;
        generation++; // by the one thread that loads; the first by the one that starts
    }

    /** Ends the loading; a connection that hangs is cut, and in any case its time-outs end it. */
    @Override
    public void close() {
        closed = true;
        loader.shutdownNow();
        Fetch running = fetch;
        if (running != null) {
            running.close();
        }
        try {
            if (!loader.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.debug("the key set {} is still being loaded; its time limit ends that", source);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
