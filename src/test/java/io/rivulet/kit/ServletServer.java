package io.rivulet.kit;

import jakarta.servlet.Servlet;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** One servlet of the test's own at {@code /test} of a container that runs in this JVM, without a WAR. */
public final class ServletServer implements AutoCloseable {

    /** Where the servlet is. */
    public static final String PATH = "/test";

    private final AutoCloseable container;
    private final int port;

    private ServletServer(AutoCloseable container, int port) {
        this.container = container;
        this.port = port;
    }

    /** A server that runs; its temporary files are in the folder. */
    public static ServletServer start(Container in, Servlet servlet, Path folder) throws Exception {
        return in == Container.TOMCAT ? tomcat(servlet, folder, (connector, app) -> { }) : jetty(servlet);
    }

    /** The same in Tomcat, which the test has its hands on before it starts. */
    public static ServletServer tomcat(Servlet servlet, Path folder, BiConsumer<Connector, StandardContext> before)
        throws Exception {
        Tomcat server = new Tomcat();
        server.setBaseDir(folder.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setAsyncTimeout(1_000); // where a time limit of the container's own is left in force, a test sees it
        server.setConnector(connector);
        Context app = server.addContext("", folder.toString());
        Wrapper wrapper = Tomcat.addServlet(app, "test", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.addMapping(PATH);
        before.accept(connector, (StandardContext) app);
        server.start();
        return new ServletServer(() -> {
            server.stop();
            server.destroy();
        }, connector.getLocalPort());
    }

    private static ServletServer jetty(Servlet servlet) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler app = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        app.addServlet(holder, PATH);
        server.setHandler(app);
        server.start();
        return new ServletServer(server::stop, connector.getLocalPort());
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** A GET for its servlet. */
    public static String get() {
        return "GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    @Override
    public void close() {
        try {
            container.close();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop", e);
        }
    }
}
