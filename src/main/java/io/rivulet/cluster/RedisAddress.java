package io.rivulet.cluster;

import io.rivulet.cluster.RedisConnection.RedisError;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Where the Redis of a hub is, as the setting's URL says, and the way to the server that takes writes now. Immutable;
 * {@link RedisEngine} makes each of its connections by it.
 *
 * <p>That server is looked for anew each time: a host that is a replica is passed over, Sentinels are asked which one
 * is the master, and a node of a Cluster names the one that has the keys. A standby that is told to be a replica only
 * later is found out by {@code ROLE}, which the engine asks again and again.
 */
final class RedisAddress {

    static final String FORM = "the URL must be redis://user:password@host:port/database, with rediss for TLS,"
        + " or redis-sentinel://host1:26379,host2:26379/database?master=name";
    private static final Pattern URL = Pattern.compile(
        "(?i)(redis|rediss|redis-sentinel|rediss-sentinel)://(?:([^/?#]*)@)?([^/?#@]+)(?:/(\\d{0,5}))?(?:\\?([^#]*))?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:,]+)(?::(\\d{1,5}))?");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MOVES_MAX = 5;
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private final boolean tls;
    private final boolean sentinels;
    private final String user;
    private final String password;
    private final List<Host> hosts;
    private final int database;
    private final Map<String, String> more;

    private record Host(String name, int port) {
    }

    /**
     * Reads the URL.
     *
     * @throws EngineRefused when it cannot be meant; the message has nothing of it, for it may have a password
     */
    RedisAddress(String url) throws EngineRefused {
        Matcher parts = URL.matcher(url.strip());
        if (!parts.matches()) {
            throw new EngineRefused(FORM, null);
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        tls = scheme.startsWith("rediss");
        sentinels = scheme.endsWith("-sentinel");
        String[] who = parts.group(2) == null ? new String[0] : parts.group(2).split(":", 2);
        if (who.length == 1) {
            throw new EngineRefused("the URL has a user without a password; a password alone is written as"
                + " redis://:password@host", null);
        }
        user = who.length == 0 ? "" : decoded(who[0]);
        password = who.length == 0 ? "" : decoded(who[1]);
        hosts = hosts(parts.group(3), sentinels ? SENTINEL_PORT : PORT);
        database = parts.group(4) == null || parts.group(4).isEmpty() ? 0 : Integer.parseInt(parts.group(4));
        more = more(parts.group(5));
        if (sentinels && !more.containsKey("master")) {
            throw new EngineRefused("the URL of Sentinels must name the master: …?master=name", null);
        }
        if (!PREFIX.matcher(prefix()).matches()) {
            throw new EngineRefused("prefix in the URL must be of 1 to 64 letters, digits, '.', '_' and '-'", null);
        }
    }

    private static List<Host> hosts(String text, int port) throws EngineRefused {
        List<Host> hosts = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher parts = HOST.matcher(each);
            int its = !parts.matches() ? -1 : parts.group(2) == null ? port : Integer.parseInt(parts.group(2));
            if (its < 1 || its > 65_535) {
                throw new EngineRefused(FORM, null);
            }
            hosts.add(new Host(parts.group(1), its));
        }
        return hosts;
    }

    private Map<String, String> more(String query) throws EngineRefused {
        Map<String, String> more = new HashMap<>();
        for (String each : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] pair = each.split("=", 2);
            boolean isOfSentinels = List.of("master", "sentinelUser", "sentinelPassword").contains(pair[0]);
            if (pair.length < 2 || !(isOfSentinels ? sentinels : List.of("prefix", "durable").contains(pair[0]))) {
                throw new EngineRefused("the URL has a parameter that is not known here: prefix and durable are, and"
                    + " of Sentinels master, sentinelUser, sentinelPassword", null);
            }
            more.put(pair[0], decoded(pair[1]));
        }
        return more;
    }

    private static String decoded(String text) throws EngineRefused {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new EngineRefused("the URL has a % that is not followed by two hexadecimal digits; write %25 for a %"
                + " in a password", null);
        }
    }

    /** What all keys begin with, without the braces that keep them on one node of a Cluster. */
    String prefix() {
        return more.getOrDefault("prefix", "rivulet");
    }

    /** Whether what was acknowledged must be in a file of Redis. */
    boolean isDurable() {
        return !more.getOrDefault("durable", "yes").equals("no");
    }

    /**
     * Connects to the server that takes writes.
     *
     * @throws EngineRefused when trying again does not help
     */
    RedisConnection connect(int answerMs) throws IOException {
        IOException failure = null;
        for (Host host : sentinels ? masters(answerMs) : hosts) {
            try {
                return connect(host, answerMs, MOVES_MAX);
            } catch (EngineRefused e) {
                throw e;
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        throw failure;
    }

    private RedisConnection connect(Host host, int answerMs, int moves) throws IOException {
        RedisConnection made = null;
        boolean isDone = false;
        try {
            made = opened(host, answerMs);
            signIn(made, answerMs, user, password);
            if (database != 0) {
                made.call(answerMs, "SELECT", database);
            }
            requireMaster(made, answerMs);
            made.call(answerMs, "EXISTS", '{' + prefix() + "}:hub");
            isDone = true;
            return made;
        } catch (RedisError e) {
            if (e.code().equals("MOVED") && moves > 0) {
                return connect(moved(e, host), answerMs, moves - 1);
            }
            throw told(e, host);
        } catch (ProtocolException e) {
            throw new EngineRefused(e.getMessage(), e);
        } finally {
            if (made != null && !isDone) {
                made.close();
            }
        }
    }

    private RedisConnection opened(Host host, int answerMs) throws IOException {
        try {
            return RedisConnection.open(host.name(), host.port(), tls, answerMs);
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    throw new EngineRefused("the certificate of Redis at " + host.name() + " is not trusted: "
                        + cause.getMessage() + "; see javax.net.ssl.trustStore", e);
                }
            }
            if (e.getCause() instanceof SSLException && String.valueOf(e.getMessage()).contains("SSL message")) {
                throw new EngineRefused("Redis at " + host.name() + ':' + host.port() + " does not speak TLS; the URL"
                    + " for that is redis://…", e);
            }
            throw e;
        }
    }

    private static void signIn(RedisConnection at, int answerMs, String user, String password) throws IOException {
        if (!password.isEmpty()) {
            if (user.isEmpty()) {
                at.call(answerMs, "AUTH", password);
            } else {
                at.call(answerMs, "AUTH", user, password);
            }
        }
    }

    /** Throws where this is a replica: it would refuse writes, or show an old state for ever. */
    static void requireMaster(RedisConnection at, int answerMs) throws IOException {
        Object role = ((List<?>) at.call(answerMs, "ROLE")).get(0);
        if (!"master".equals(new String((byte[]) role, StandardCharsets.US_ASCII))) {
            throw new IOException("Redis at " + at.address() + " is a replica; it takes nothing before it is promoted");
        }
    }

    /** {@code MOVED 3999 host:port}; without a host it is the one that says so. */
    private static Host moved(RedisError e, Host from) throws RedisError {
        String[] words = e.getMessage().split(" ");
        int colon = words.length < 3 ? -1 : words[2].lastIndexOf(':');
        try {
            if (colon >= 0) {
                String name = words[2].substring(0, colon);
                return new Host(name.isEmpty() ? from.name() : name, Integer.parseInt(words[2].substring(colon + 1)));
            }
        } catch (NumberFormatException notThat) {
            throw e;
        }
        throw e;
    }

    /** What the Sentinels call the master: each of them until one knows. */
    private List<Host> masters(int answerMs) throws IOException {
        IOException failure = null;
        for (Host host : hosts) {
            try (RedisConnection sentinel = opened(host, answerMs)) {
                signIn(sentinel, answerMs, more.getOrDefault("sentinelUser", ""),
                    more.getOrDefault("sentinelPassword", ""));
                Object answer = sentinel.call(answerMs, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", more.get("master"));
                if (answer instanceof List<?> at && at.size() == 2) {
                    return List.of(new Host(RedisConnection.text(at.get(0)),
                        Integer.parseInt(RedisConnection.text(at.get(1)))));
                }
                failure = new IOException("the Sentinel at " + sentinel.address() + " knows no master of that name");
            } catch (RedisError e) {
                throw told(e, host);
            } catch (EngineRefused e) {
                throw e;
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        throw failure;
    }

    /** What trying again does not mend is told so. */
    private IOException told(RedisError e, Host at) {
        String where = "Redis at " + at.name() + ':' + at.port();
        String said = password.isEmpty() ? e.getMessage() : e.getMessage().replace(password, "…");
        switch (e.code()) {
            case "WRONGPASS":
            case "NOAUTH":
            case "DENIED":
                return new EngineRefused(where + " does not let the hub in: " + said
                    + "; check user and password in the URL", e);
            case "NOPERM":
                return new EngineRefused(where + " forbids what the hub needs: " + said
                    + "; docs/cluster.md has the rules of its user", e);
            default:
                break;
        }
        if (said.contains("AUTH") || said.contains("invalid password")) {
            return new EngineRefused(where + " does not let the hub in: " + said
                + "; check user and password in the URL", e);
        }
        if (said.contains("SELECT") || said.contains("DB index")) {
            return new EngineRefused(where + " has no database " + database + ": " + said
                + "; name another one in the URL", e);
        }
        return new IOException(where + ": " + said, e);
    }
}
