package io.rivulet.boot.server;

import io.rivulet.config.IpBlock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;

/**
 * The PROXY protocol, versions 1 and 2, before everything else of a connection, where it comes from a proxy that is
 * trusted. Everybody else speaks HTTP at once, and whoever sends such a header all the same gets a 400: its word about
 * its address counts for nothing. Jetty asks it for each new connection.
 */
final class FromProxies extends ProxyConnectionFactory {

    private final List<IpBlock> proxies;
    private final ConnectionFactory next;

    /** {@code next} speaks what comes after the header. */
    FromProxies(List<IpBlock> proxies, ConnectionFactory next) {
        super(next.getProtocol());
        this.proxies = proxies;
        this.next = next;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return isTrusted(endPoint) ? super.newConnection(connector, endPoint)
            : next.newConnection(connector, endPoint);
    }

    /** A proxy that says nothing has not been told to: its clients could else say it themselves. */
    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer begun) {
        endPoint.close();
    }

    private boolean isTrusted(EndPoint endPoint) {
        if (!(endPoint.getRemoteSocketAddress() instanceof InetSocketAddress peer)) {
            return false;
        }
        IpBlock address = IpBlock.address(peer.getAddress().getHostAddress());
        return address != null && proxies.stream().anyMatch(block -> block.contains(address));
    }
}
