package io.rivulet.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What of Spring's environment are settings of the hub. */
class SpringSettingsTest {

    @Test
    void keysComeFromEverySourceAndTheStrongerOneDecides() {
        StandardEnvironment environment = environment(Map.of(),
            Map.of("rivulet.heartbeat", "5s", "server.port", "1"),
            Map.of("rivulet.heartbeat", "9s", "rivulet.token.shop.key", "k-${server.port}"));
        assertEquals(Map.of("rivulet.heartbeat", "5s", "rivulet.token.shop.key", "k-1"),
            SpringSettings.of(environment));
    }

    @Test
    void aListIsWrittenAsTheHubReadsOne() {
        assertEquals(Map.of("rivulet.cors.origins", "https://a,https://b"), SpringSettings.of(environment(Map.of(),
            Map.of("rivulet.cors.origins[0]", "https://a", "rivulet.cors.origins[1]", "https://b"))));
    }

    @Test
    void aVariableKeepsItsNameUnlessSpringHasGivenItsValueToTheKey() {
        assertEquals(Map.of("RIVULET_DATA_DIR", "/d", "rivulet.heartbeat", "5s", "RIVULET_PORT", "tcp://10.0.0.1:80"),
            SpringSettings.of(environment(Map.of("RIVULET_DATA_DIR", "/d", "RIVULET_HEARTBEAT", "7s", "RIVULET_PORT",
                "tcp://10.0.0.1:80", "RIVULET_HOME_PAGE", "true", "PATH", "/bin"), Map.of("rivulet.heartbeat", "5s"))));
    }

    @Test
    void whatIsOfThisPackageIsNoSettingOfTheHub() {
        StandardEnvironment environment = environment(Map.of(), Map.of("rivulet.prefix", "/x", "rivulet.home-page",
            "true", "rivulet.enabled", "true"));
        assertEquals(Map.of(), SpringSettings.of(environment));
        assertEquals("/x", SpringSettings.prefix(environment));
        assertTrue(SpringSettings.homePage(environment));
        assertEquals("/live", SpringSettings.prefix(environment(Map.of())));
        assertFalse(SpringSettings.homePage(environment(Map.of())));
    }

    /** The variables, and weaker and weaker sources. */
    @SafeVarargs
    private static StandardEnvironment environment(Map<String, Object> variables, Map<String, Object>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().forEach(source -> environment.getPropertySources().remove(source.getName()));
        for (int i = 0; i < sources.length; i++) {
            environment.getPropertySources().addLast(new MapPropertySource("source " + i, sources[i]));
        }
        environment.getPropertySources().addLast(new SystemEnvironmentPropertySource("variables", variables));
        return environment;
    }
}
