package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.SettingSources;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of {@code deploy} without the engines that read them: what they name exists, and they agree. */
class DeployFilesTest {

    private static String file(String name) throws IOException {
        return Files.readString(Path.of(name));
    }

    private static String found(String regex, String text) {
        Matcher found = Pattern.compile(regex).matcher(text);
        assertTrue(found.find(), regex);
        return found.group(1);
    }

    @Test
    void eachNameInAnEnvironmentIsASetting() throws Exception {
        Pattern name = Pattern.compile(
            "(?m)^ENV (RIVULET_\\w+)=(.*)$|^Environment=(RIVULET_\\w+)=(.*)$|- name: (RIVULET_\\w+)\\n +value: (.*)"
                + "|^ +(RIVULET_\\w+): (.*)$");
        for (String file : List.of("deploy/Dockerfile", "deploy/kubernetes.yaml", "deploy/kubernetes-nodes.yaml",
            "deploy/compose.yaml", "deploy/rivulet.service")) {
            Map<String, String> environment = new TreeMap<>();
            Matcher each = name.matcher(file(file));
            while (each.find()) {
                int group = Stream.of(1, 3, 5, 7).filter(i -> each.group(i) != null).findFirst().orElseThrow();
                environment.put(each.group(group), each.group(group + 1));
            }
            assertTrue(environment.size() >= 2, file + ": " + environment);
            environment.remove("RIVULET_CONFIG");
            SettingSources sources = SettingSources.of(Map.of(), environment, Map.of(), "none", Map.of());
            assertEquals(List.of(), sources.ignored(), file);
            Settings.of(sources.sources());
        }
    }

    @Test
    void probesAskForWhatThereIs() throws Exception {
        String paths = file("docs/http.md");
        Matcher asked = Pattern.compile("path: (/health/\\w+)|healthy\", \"\\d+\", \"(/health/\\w+)\"")
            .matcher(file("deploy/kubernetes.yaml") + file("deploy/kubernetes-nodes.yaml") + file("deploy/Dockerfile"));
        int count = 0;
        for (; asked.find(); count++) {
            String path = asked.group(1) == null ? asked.group(2) : asked.group(1);
            assertTrue(paths.contains("`" + path + "`"), path);
        }
        assertEquals(7, count);
        assertTrue(paths.contains("`" + found("uri (/health/\\w+) ", file("deploy/haproxy.cfg")) + "`"));
    }

    @Test
    void aStopLastsLongerThanTheDrain() throws Exception {
        long drain = Settings.with().get(SettingsTable.DRAIN).toSeconds();
        for (String time : List.of(
            found("terminationGracePeriodSeconds: (\\d+)", file("deploy/kubernetes.yaml")),
            found("terminationGracePeriodSeconds: (\\d+)", file("deploy/kubernetes-nodes.yaml")),
            found("stop_grace_period: (\\d+)s", file("deploy/compose.yaml")),
            found("TimeoutStopSec=(\\d+)", file("deploy/rivulet.service")),
            found("--stop-timeout (\\d+)", file("docs/docker.md")))) {
            assertTrue(Long.parseLong(time) > drain, time);
        }
    }

    @Test
    void placesAreTheSameInFilesAndCommands() throws Exception {
        String docker = file("deploy/Dockerfile");
        String guide = file("docs/docker.md");
        String pod = file("deploy/kubernetes.yaml");
        String data = found("ENV RIVULET_DATA_DIR=(\\S+)", docker);
        assertEquals(data, found("VOLUME (\\S+)", docker));
        assertTrue(guide.contains("-v rivulet:" + data) && pod.contains("mountPath: " + data + "}"), data);
        String user = found("USER (\\d+):", docker);
        assertTrue(pod.contains("runAsUser: " + user) && pod.contains("fsGroup: " + user), user);
        String war = found("-jar (\\S+\\.war)", file("deploy/rivulet.service"));
        assertTrue(guide.contains("target/rivulet.war " + war), war);
        assertEquals(found("COPY target/rivulet.war (\\S+)", docker), found("\"-jar\", \"(\\S+)\"]", docker));
        for (Matcher copied = Pattern.compile("COPY (\\S+) ").matcher(docker); copied.find(); ) {
            assertTrue(file(".dockerignore").contains("!" + copied.group(1)), copied.group(1));
        }
    }

    @Test
    void severalNodesAreTheSameInEachFile() throws Exception {
        String data = found("ENV RIVULET_DATA_DIR=(\\S+)", file("deploy/Dockerfile"));
        String compose = file("deploy/compose.yaml");
        String balancer = file("deploy/haproxy.cfg");
        assertTrue(file("docs/cluster.md").contains("deploy/compose.yaml")
            && file("docs/cluster.md").contains("kubectl apply -f deploy/kubernetes-nodes.yaml"), "they are told of");
        assertTrue(compose.contains("./haproxy.cfg:"), "the balancer's file is that beside it");
        for (String node : List.of("node1", "node2", "node3")) {
            assertTrue(compose.contains("- " + node + ":" + data), "each has a data folder of its own");
            assertTrue(balancer.contains("server " + node + ' ' + node + ":8080"), node);
        }
        assertEquals(found("user=(\\w+)", compose), found("POSTGRES_USER: (\\w+)", compose));
        assertEquals(found("password=(\\S+)", compose), found("POSTGRES_PASSWORD: (\\S+)", compose));
        String pods = file("deploy/kubernetes-nodes.yaml");
        assertTrue(pods.contains("mountPath: " + data + "}") && pods.contains("replicas: 3"), data);
        assertTrue(pods.contains("--from-literal=" + found("key: (engine.url)}", pods) + "='jdbc:postgresql:"), "key");
    }
}
