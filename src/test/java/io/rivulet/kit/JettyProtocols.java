package io.rivulet.kit;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** How Jetty is told what a connector speaks. */
public final class JettyProtocols {

    private JettyProtocols() {
    }

    /** What a start with the modules http, http2c, ssl and http2 would have. */
    public static ConnectionFactory[] factories(Protocol protocol, HttpConfiguration http) {
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        if (!protocol.isTls()) {
            return protocol.isHttp2() ? new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(http)}
                : new ConnectionFactory[] {http1};
        }
        http.addCustomizer(new SecureRequestCustomizer());
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStorePath(Tls.keyStore().toString());
        ssl.setKeyStorePassword(Tls.PASSWORD);
        if (!protocol.isHttp2()) {
            return new ConnectionFactory[] {new SslConnectionFactory(ssl, http1.getProtocol()), http1};
        }
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ConnectionFactory[] {new SslConnectionFactory(ssl, alpn.getProtocol()), alpn,
            new HTTP2ServerConnectionFactory(http), http1};
    }
}
