package shop;

import io.rivulet.Installation;
import io.rivulet.Rivulet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.InetSocketAddress;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/** Questions that models answer word by word, and answers that are followed. The port may be given. */
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

    /** The log is in rivulet-data, below the folder that the process runs in. */
    private static final class Live implements ServletContextListener {
        private Installation live;

        @Override
        public void contextInitialized(ServletContextEvent event) {
            live = Rivulet.install(event.getServletContext(), Map.of(), "/live");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            live.close();
        }
    }
}
