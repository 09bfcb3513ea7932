package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.OwnWar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/docker.md promises of the files of {@code deploy}, without the engines that would read them. */
@Tag("once")
class GuidesIT {

    @TempDir
    private Path folder;

    private int status(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile()).start();
        assertTrue(process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), () -> String.join(" ", words));
        return process.exitValue();
    }

    private int healthy(int port, String path) throws IOException, InterruptedException {
        return status("bash", "deploy/healthy", Integer.toString(port), path);
    }

    @Test
    void theImageServesAndIsHealthyAsLongAsItDoesAndItsEndIsASuccessForSystemd() throws Exception {
        String docker = Files.readString(Path.of("deploy/Dockerfile"));
        Map<String, String> environment = new TreeMap<>();
        for (Matcher each = Pattern.compile("(?m)^ENV (\\w+)=(.*)$").matcher(docker); each.find(); ) {
            environment.put(each.group(1), each.group(2));
        }
        Path data = folder.resolve("data");
        environment.put("RIVULET_DATA_DIR", data.toString());
        int port;
        try (OwnWar war = new OwnWar(folder, environment, "--port=0").awaitOpen()) {
            port = war.port();
            assertEquals(0, healthy(port, "/health/live"));
            assertEquals(0, healthy(port, "/health/ready"));
            assertNotEquals(0, healthy(port, "/health/none"));
            assertTrue(Files.exists(data.resolve("meta")), "the log is not where the volume is");
            assertTrue(!war.said().contains("dev mode"), war.said());
            war.terminate();
            int status = war.awaitGone();
            Matcher success = Pattern.compile("(?m)^SuccessExitStatus=(\\d+)$")
                .matcher(Files.readString(Path.of("deploy/rivulet.service")));
            assertTrue(success.find());
            assertEquals(Integer.parseInt(success.group(1)), status, war.said());
        }
        assertNotEquals(0, healthy(port, "/health/live"));
    }

    @Test
    void theJvmKnowsTheOptionsOfImageAndUnit() throws Exception {
        String java = ProcessHandle.current().info().command().orElse("java");
        Matcher image = Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$")
            .matcher(Files.readString(Path.of("deploy/Dockerfile")));
        Matcher unit = Pattern.compile("(?m)^ExecStart=(.*)$")
            .matcher(Files.readString(Path.of("deploy/rivulet.service")));
        assertTrue(image.find() && unit.find());
        for (String[] command : List.of(new Gson().fromJson(image.group(1), String[].class),
            unit.group(1).split(" "))) {
            List<String> words = new ArrayList<>(List.of(java));
            for (int i = 1; !command[i].equals("-jar"); i++) {
                words.add(command[i]);
            }
            words.add("-version");
            assertEquals(0, status(words.toArray(String[]::new)),
                () -> String.join(" ", words) + " says " + said());
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
