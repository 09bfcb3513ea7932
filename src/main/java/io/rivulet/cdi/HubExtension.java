package io.rivulet.cdi;

import io.rivulet.Rivulet;
import io.rivulet.RivuletHub;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.servlet.ServletContext;

/**
 * Makes the hub of the servlet context a bean of CDI. The container finds it by its name in {@code META-INF/services},
 * and calls it once while it starts.
 *
 * <p>The bean is in the application's scope, so what is injected is a proxy: a class may have it before the hub runs,
 * and finds the hub at the first call. An extension rather than a producer: the container need not search this jar.
 */
public class HubExtension implements Extension {

    /** Adds the bean. */
    void add(@Observes AfterBeanDiscovery beans) {
        beans.<RivuletHub>addBean().types(RivuletHub.class).scope(ApplicationScoped.class)
            .produceWith(instances -> Rivulet.hub(instances.select(ServletContext.class).get()));
    }
}
