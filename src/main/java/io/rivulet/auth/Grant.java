package io.rivulet.auth;

import io.rivulet.heap.HeapBytes;
import java.util.List;

/**
 * The rights of a caller, decided before anything is done. The doors ask for it, and each stream holds the one it was
 * opened with. Immutable, any thread.
 *
 * @param issuer     who vouches for the subject; with it, idempotency keys of two issuers never meet
 * @param subject    who asks, as the log and the operator see it
 * @param tokenId    the token's {@code jti}, else a digest of it; null without a token
 * @param publishes  topics that may be published to
 * @param subscribes topics whose private events may be read
 * @param payloads   what a subscription's presence carries, the first that fits
 * @param operates   whether the hub may be operated: connections, topics
 * @param expiresMs  when it ends, in milliseconds since 1970; {@link #NEVER} without an end
 * @param legacy     whether it comes from a token of Mercure 0.x
 * @param cancels    topics whose end may be asked for, beside those that may be published to
 */
public record Grant(String issuer, String subject, String tokenId, GrantedTopics publishes, GrantedTopics subscribes,
                    List<Payload> payloads, boolean operates, long expiresMs, boolean legacy, GrantedTopics cancels) {

    /** See {@link #expiresMs()}. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Characters of an issuer, a subject or a token's id, at most. */
    public static final int NAME_CHARS_MAX = 1_024;

    /** Nobody in particular: public topics may be read. */
    public static final Grant ANONYMOUS = of("", "anonymous", GrantedTopics.NONE, GrantedTopics.NONE, false);
    /** A caller on this machine in dev mode: everything. */
    public static final Grant DEV = of("dev", "dev", GrantedTopics.ALL, GrantedTopics.ALL, true);
    /** Code in the same JVM: feeds and users of the Java interface. */
    public static final Grant INTERNAL = of("internal", "hub", GrantedTopics.ALL, GrantedTopics.ALL, true);

    /** Of one who may ask for no end of topics but of those that may be published to. */
    public Grant(String issuer, String subject, String tokenId, GrantedTopics publishes, GrantedTopics subscribes,
                 List<Payload> payloads, boolean operates, long expiresMs, boolean legacy) {
        this(issuer, subject, tokenId, publishes, subscribes, payloads, operates, expiresMs, legacy,
            GrantedTopics.NONE);
    }

    /**
     * A token's word about those who subscribe with it (Mercure 1.0, ACT-05).
     *
     * @param topics the subscriptions it is for
     * @param json   a JSON object, or null: the search ends here, with nothing
     */
    public record Payload(GrantedTopics topics, String json) {
    }

    /**
     * The identity of a caller: subjects of two issuers are never the same.
     *
     * @param issuer  who vouches
     * @param subject for whom
     */
    public record Identity(String issuer, String subject) {
    }

    /** A grant without a token and without an end. */
    public static Grant of(String issuer, String subject, GrantedTopics publishes, GrantedTopics subscribes,
                           boolean operates) {
        return new Grant(issuer, subject, null, publishes, subscribes, List.of(), operates, NEVER, false);
    }

    /** Bytes that it keeps alive, its matchers and payloads included. */
    public long weight() {
        long weight = HeapBytes.object(7, Long.BYTES + 2) + HeapBytes.string(issuer) + HeapBytes.string(subject)
            + HeapBytes.string(tokenId) + publishes.weight() + subscribes.weight() + cancels.weight()
            + HeapBytes.list(payloads.size());
        for (Payload payload : payloads) {
            weight += HeapBytes.object(2, 0) + payload.topics.weight() + HeapBytes.string(payload.json);
        }
        return weight;
    }

    /** Whether an event of these topics may be published: every one of them is granted. */
    public boolean mayPublish(List<String> topics) {
        return publishes.coversAll(topics);
    }

    /** Whether the end of this topic may be asked for. */
    public boolean mayCancel(String topic) {
        return publishes.covers(topic) || cancels.covers(topic);
    }

    /** Whether a private event of these topics may be seen: one of them is granted. */
    public boolean maySeePrivate(List<String> topics) {
        return subscribes.coversOne(topics);
    }

    /** Whether private events of any topic may be read. */
    public boolean readsAll() {
        return subscribes.all();
    }

    /** Whether nobody vouches for who this is. */
    public boolean isAnonymous() {
        return issuer.isEmpty();
    }

    /** The payload of a subscription with this text, or null. */
    public String payload(String matcherText) {
        for (Payload payload : payloads) {
            if (payload.topics().covers(matcherText)) {
                return payload.json();
            }
        }
        return null;
    }

    /** The subject of a token that names nobody: the token itself. */
    public static String unnamed(String tokenId) {
        return "token-" + tokenId;
    }

    /**
     * Whether somebody vouches for one subject by name: neither for nobody, nor for this machine or the hub's own code,
     * nor for whoever bears a token that names nobody, which all visitors of a page may share.
     */
    public boolean isNamed() {
        return !isAnonymous() && !isLocal() && !(tokenId != null && subject.equals(unnamed(tokenId)));
    }

    /** Whether it is what dev mode grants to callers on this machine, or of code in the same JVM. */
    public boolean isLocal() {
        return isLocal(issuer);
    }

    /** Whether callers of this issuer showed no token and no login; no issuer of tokens may be set with such a name. */
    static boolean isLocal(String issuer) {
        return issuer.equals(DEV.issuer) || issuer.equals(INTERNAL.issuer);
    }

    /** The identity of this caller. */
    public Identity identity() {
        return new Identity(issuer, subject);
    }

    /** Whether both are of the same person: a stream goes on only with a fresh token of the same. */
    public boolean isSameAs(Grant other) {
        return issuer.equals(other.issuer) && subject.equals(other.subject);
    }
}
