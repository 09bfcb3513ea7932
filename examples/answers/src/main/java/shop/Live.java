package shop;

import io.rivulet.Installation;
import io.rivulet.Rivulet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.HashMap;
import java.util.Map;

/**
 * The hub below /live. The context's parameters that begin with rivulet. are settings; without rivulet.data.dir the log
 * is below the container's base, or in rivulet-data below the folder that the process runs in.
 */
public final class Live implements ServletContextListener {

    private Installation live;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext shop = event.getServletContext();
        Map<String, String> settings = new HashMap<>();
        shop.getInitParameterNames().asIterator().forEachRemaining(name -> {
            if (name.startsWith("rivulet.")) {
                settings.put(name, shop.getInitParameter(name));
            }
        });
        live = Rivulet.install(shop, settings, "/live");
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        live.close();
    }
}
