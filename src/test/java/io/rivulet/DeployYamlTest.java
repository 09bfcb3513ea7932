package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The YAML of {@code deploy}, as Compose and Kubernetes read it: what one part names another part has. */
class DeployYamlTest {

    private static List<Object> documents(String file) throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        return StreamSupport.stream(new Yaml(strict).loadAll(Files.readString(Path.of(file))).spliterator(), false)
            .toList();
    }

    /** The value below these names and numbers of an item; null for none. */
    @SuppressWarnings("unchecked")
    private static <T> T at(Object in, Object... path) {
        Object here = in;
        for (Object step : path) {
            here = here == null ? null : step instanceof Integer item ? ((List<Object>) here).get(item)
                : ((Map<String, Object>) here).get(step);
        }
        return (T) here;
    }

    private static <T> T there(Object in, Object... path) {
        return Objects.requireNonNull(at(in, path), () -> List.of(path) + " of " + in);
    }

    private static List<Object> items(Object in, Object... path) {
        List<Object> items = at(in, path);
        return items == null ? List.of() : items;
    }

    private static Set<String> names(Object in, Object... path) {
        Set<String> names = new HashSet<>();
        items(in, path).forEach(item -> names.add(there(item, "name")));
        return names;
    }

    @Test
    void eachNodeOfComposeHasAFolderOfItsOwnAndWhatItWaitsForIsThere() throws Exception {
        List<Object> all = documents("deploy/compose.yaml");
        assertEquals(1, all.size());
        Map<String, Object> services = there(all.get(0), "services");
        Map<String, Object> volumes = there(all.get(0), "volumes");
        List<String> folders = new ArrayList<>();
        Set<Map<String, Object>> environments = new HashSet<>();
        for (Map.Entry<String, Object> each : services.entrySet()) {
            Object service = each.getValue();
            there(service, "image");
            Object waitsFor = at(service, "depends_on");
            Iterable<?> others = waitsFor instanceof Map<?, ?> map ? map.keySet() : items(service, "depends_on");
            others.forEach(other -> assertTrue(services.containsKey(other), each.getKey() + " waits for " + other));
            for (Object mount : items(service, "volumes")) {
                String source = mount.toString().split(":")[0];
                assertTrue(source.startsWith("./") ? Files.exists(Path.of("deploy", source))
                    : volumes.containsKey(source), each.getKey() + " mounts " + source);
            }
            if (each.getKey().startsWith("node")) {
                assertEquals(each.getKey(), there(service, "hostname"), "/api/nodes names it so");
                items(service, "volumes").forEach(mount -> folders.add(mount.toString().split(":")[0]));
                environments.add(there(service, "environment"));
                assertEquals("service_healthy", there(service, "depends_on", "db", "condition"));
            }
        }
        there(services, "db", "healthcheck", "test");
        assertEquals(3, folders.size());
        assertEquals(3, new HashSet<>(folders).size(), "two nodes never share a folder");
        assertEquals(1, environments.size(), "all of them have the same settings");
        String url = there(environments.iterator().next(), "RIVULET_ENGINE_URL");
        assertTrue(url.startsWith("jdbc:postgresql://db:5432/" + there(services, "db", "environment", "POSTGRES_DB")),
            url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/kubernetes.yaml", "deploy/kubernetes-nodes.yaml"})
    void eachPartOfKubernetesNamesWhatAnotherPartHas(String file) throws Exception {
        Map<String, Object> kinds = new TreeMap<>();
        for (Object document : documents(file)) {
            there(document, "apiVersion");
            kinds.put(there(document, "kind"), document);
            assertEquals("rivulet", there(document, "metadata", "name"));
        }
        Object set = there(kinds.get("StatefulSet"), "spec");
        Object labels = there(set, "template", "metadata", "labels");
        assertEquals(labels, there(set, "selector", "matchLabels"));
        assertEquals(labels, there(kinds.get("Service"), "spec", "selector"));
        assertEquals("rivulet", there(set, "serviceName"));
        if (kinds.containsKey("PodDisruptionBudget")) {
            assertEquals(labels, there(kinds.get("PodDisruptionBudget"), "spec", "selector", "matchLabels"));
        }
        assertEquals(kinds.containsKey("PodDisruptionBudget") ? 3 : 1, (int) there(set, "replicas"));

        Object pod = there(set, "template", "spec");
        assertEquals(1, items(pod, "containers").size());
        Object container = there(pod, "containers", 0);
        Set<String> ports = names(container, "ports");
        assertTrue(ports.contains(there(kinds.get("Service"), "spec", "ports", 0, "targetPort").toString()));
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertTrue(ports.contains(there(container, probe, "httpGet", "port").toString()), probe);
        }
        Set<String> volumes = names(pod, "volumes");
        items(set, "volumeClaimTemplates").forEach(claim -> volumes.add(there(claim, "metadata", "name")));
        assertEquals(volumes, names(container, "volumeMounts"));
        assertTrue(items(container, "volumeMounts").stream().anyMatch(mount ->
            "data".equals(at(mount, "name")) && at(mount, "readOnly") == null), "its folder is a claim of its own");
        Set<Object> secrets = new HashSet<>();
        items(pod, "volumes").stream().map(volume -> at(volume, "secret", "secretName")).forEach(secrets::add);
        items(container, "env").stream().map(variable -> at(variable, "valueFrom", "secretKeyRef", "name"))
            .forEach(secrets::add);
        secrets.remove(null);
        assertEquals(Set.of("rivulet"), secrets, "the one that the first line makes");
        assertTrue((boolean) there(container, "securityContext", "readOnlyRootFilesystem"));
    }
}
