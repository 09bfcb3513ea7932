package io.rivulet.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import io.rivulet.RivuletHub;
import io.rivulet.RivuletMeters;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Installs a hub in a servlet application of Spring Boot, and makes it a bean. Spring finds this class by its name in
 * {@code META-INF/spring}. Settings are the {@code rivulet.*} of the environment; three of them are this package's own:
 * {@code prefix}, {@code home-page} and {@code enabled}.
 *
 * <p>The hard thing is that one jar serves two versions of Boot, which have moved classes: what it names of Boot has
 * the same name in both, but for health, where each version has a class of its own that only loads where it fits.
 */
@AutoConfiguration
@ConditionalOnClass(ServletContext.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(name = SpringSettings.ENABLED, matchIfMissing = true)
public class RivuletAutoConfiguration {

    /** Starts, drains and ends the hub. */
    @Bean
    HubLifecycle rivuletLifecycle(ConfigurableEnvironment environment) {
        return new HubLifecycle(environment);
    }

    /** The hub, for the application's own beans. */
    @Bean
    @ConditionalOnMissingBean
    RivuletHub rivuletHub(HubLifecycle lifecycle) {
        return lifecycle.late();
    }

    /** Health where the actuator of Boot 3 is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    static class HealthOfBoot3 {

        @Bean
        org.springframework.boot.actuate.health.HealthIndicator rivuletHealthIndicator(RivuletHub hub) {
            return () -> {
                Optional<String> notReady = hub.whyNotReady();
                Optional<String> notPublishing = hub.whyNotPublishing();
                var health = notReady.isPresent() ? org.springframework.boot.actuate.health.Health.outOfService()
                    : org.springframework.boot.actuate.health.Health.up();
                notReady.ifPresent(why -> health.withDetail(REASON, why));
                return health.withDetail(PUBLISHING, notPublishing.orElse(YES)).build();
            };
        }
    }

    /** Health where that of Boot 4 is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    static class HealthOfBoot4 {

        @Bean
        org.springframework.boot.health.contributor.HealthIndicator rivuletHealthIndicator(RivuletHub hub) {
            return () -> {
                Optional<String> notReady = hub.whyNotReady();
                Optional<String> notPublishing = hub.whyNotPublishing();
                var health = notReady.isPresent() ? org.springframework.boot.health.contributor.Health.outOfService()
                    : org.springframework.boot.health.contributor.Health.up();
                notReady.ifPresent(why -> health.withDetail(REASON, why));
                return health.withDetail(PUBLISHING, notPublishing.orElse(YES)).build();
            };
        }
    }

    /** The hub's meters in the application's registry, where there is one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.core.instrument.binder.MeterBinder")
    static class Meters {

        /** Boot binds it once all beans are there, and so after the server has started the hub. */
        @Bean
        MeterBinder rivuletMeters(HubLifecycle lifecycle) {
            return registry -> lifecycle.application().ifPresent(where -> new RivuletMeters(where).bindTo(registry));
        }
    }

    /** The application's own OpenTelemetry for the spans of publishes; a global one is found without this. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.opentelemetry.api.OpenTelemetry")
    static class Traces {

        /** After the server has started the hub. */
        @Bean
        SmartInitializingSingleton rivuletTraces(HubLifecycle lifecycle, ObjectProvider<OpenTelemetry> telemetry) {
            return () -> lifecycle.application().ifPresent(where -> telemetry.ifUnique(own ->
                where.setAttribute(OpenTelemetry.class.getName(), own)));
        }
    }

    private static final String REASON = "reason";
    private static final String PUBLISHING = "publishing";
    private static final String YES = "yes";
}
