package io.rivulet.bench.report;

import io.rivulet.bench.peer.Core;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what was measured. */
final class Machine {

    private Machine() {
    }

    /** Facts by name, in the order of the table. */
    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", field("/proc/cpuinfo", "model name"));
        facts.put("cores", cores());
        facts.put("memory", field("/proc/meminfo", "MemTotal"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("JDK", System.getProperty("java.vendor") + " " + Runtime.version());
        facts.put("pinning", Core.pins() ? "servers on core 0, driver on core 1 (taskset)"
            : "none: taskset or a second core is missing, so servers and driver disturb each other");
        return facts;
    }

    /** All of the machine: this process is on one of them. */
    private static String cores() {
        try {
            return Long.toString(Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("processor")).count());
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream().filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
