package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.SubscribeRequest;

/** Where the hub counts its streams: shards tell it what becomes of theirs, each on its own thread. */
public interface StreamAccounts {

    /**
     * The stream is about to go on under a fresh grant.
     *
     * @throws io.rivulet.refusal.Refused when that weighs more than there is room for; the stream stays as it is
     */
    void renewing(Subscriber stream, Grant fresh);

    /**
     * The stream is about to ask for other topics. Where this throws, whatever it is, nothing has changed.
     *
     * @throws io.rivulet.refusal.Refused when these weigh more than there is room for; the stream stays as it is
     */
    void changing(Subscriber stream, SubscribeRequest changed);

    /** It asks for them. */
    void changed(Subscriber stream);

    /** It has ended. */
    void ended(Subscriber stream);
}
