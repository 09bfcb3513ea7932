package shop;

import java.net.InetSocketAddress;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/**
 * Questions that models answer word by word, and answers that are followed, on an embedded Jetty; web.xml has the same
 * for Tomcat or another Jetty. The port may be given.
 */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        int port = arguments.length == 0 ? 8080 : Integer.parseInt(arguments[0]);
        ServletContextHandler shop = new ServletContextHandler("/");
        shop.addEventListener(new Live());
        shop.addServlet(Questions.class, "/ask/*");
        ServletHolder resources = new ServletHolder(new ServletContainer(new ResourceConfig(Answers.class)));
        resources.setAsyncSupported(true);
        shop.addServlet(resources, "/answers/*");
        Server server = new Server(new InetSocketAddress("127.0.0.1", port));
        server.setHandler(shop);
        server.setStopAtShutdown(true);
        server.start();
        System.out.println("The shop is at " + server.getURI());
        server.join();
    }
}
