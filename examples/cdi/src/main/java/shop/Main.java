package shop;

import io.rivulet.Installation;
import io.rivulet.Rivulet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.jboss.weld.environment.servlet.EnhancedListener;

/** A Tomcat with Weld; a container of Jakarta EE brings CDI itself. The port may be given. */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setPort(arguments.length == 0 ? 8080 : Integer.parseInt(arguments[0]));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context shop = tomcat.addContext("", null);
        shop.addServletContainerInitializer(new EnhancedListener(), Set.of());
        shop.addApplicationListener(Live.class.getName());
        Tomcat.addServlet(shop, "orders", Orders.class.getName());
        shop.addServletMappingDecoded("/orders", "orders");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tomcat)));
        tomcat.start();
        System.out.println("The shop is at http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
        tomcat.getServer().await();
    }

    private static void stop(Tomcat tomcat) {
        try {
            tomcat.stop();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    /** The log is in rivulet-data, below the folder that the process runs in: Tomcat's own base is temporary here. */
    public static final class Live implements ServletContextListener {
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
