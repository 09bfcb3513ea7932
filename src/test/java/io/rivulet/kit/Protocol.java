package io.rivulet.kit;

/** What a server is asked in. Whatever it is, the same port speaks HTTP/1.1, too, over TLS or not. */
public enum Protocol {
    /** HTTP/1.1. */
    HTTP(false, false),
    /** HTTP/1.1 over TLS. */
    HTTPS(true, false),
    /** HTTP/2 without TLS, with prior knowledge. */
    H2C(false, true),
    /** HTTP/2 over TLS, agreed on by ALPN. */
    H2(true, true);

    private final boolean tls;
    private final boolean http2;

    Protocol(boolean tls, boolean http2) {
        this.tls = tls;
        this.http2 = http2;
    }

    /** Whether bytes go over TLS. */
    public boolean isTls() {
        return tls;
    }

    /** Whether it is HTTP/2. */
    public boolean isHttp2() {
        return http2;
    }
}
