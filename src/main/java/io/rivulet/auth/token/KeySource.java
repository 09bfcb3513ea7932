package io.rivulet.auth.token;

import java.util.List;

/**
 * The keys of an issuer: from the settings, or from a key set that changes. {@link KeyFinder} asks. Any thread; no call
 * waits.
 */
interface KeySource extends AutoCloseable {

    /**
     * The keys as they are now.
     *
     * @throws io.rivulet.refusal.Refused NOT_OPEN while they have not been loaded
     */
    List<VerifierKey> keys();

    /**
     * No key fits a token that names this one, or none when null.
     *
     * @throws io.rivulet.refusal.Refused NOT_OPEN when newer keys are being loaded, which may have it
     */
    void missed(String kid);

    /** Grows with each change of the keys: tokens that were verified before are verified anew. */
    long generation();

    @Override
    void close();

    /** Keys that never change. */
    static KeySource of(List<VerifierKey> keys) {
        List<VerifierKey> fixed = List.copyOf(keys);
        return new KeySource() {
            @Override
            public List<VerifierKey> keys() {
                return fixed;
            }

            @Override
            public void missed(String kid) {
                // there are no others
            }

            @Override
            public long generation() {
                return 0;
            }

            @Override
            public void close() {
                // nothing runs
            }
        };
    }
}
