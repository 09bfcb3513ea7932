package io.rivulet.bench.peer;

import io.rivulet.bench.drive.Target;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** Starts the servers that are compared, by their plans; one folder for all they write. */
public final class BenchServers {

    static final String MAIN = "io.rivulet.bench.serve.BenchServer";
    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final String COMMON = "(?s).*(test-classes|jakarta|slf4j|gson).*";

    private final Path out;
    private final Launch launch;
    private final PeerBuild build;
    private final Natives natives;
    private int started;

    /** {@code out} is on a real disk; {@code maven} as for {@link PeerBuild}. */
    public BenchServers(Path out, Properties maven) {
        this.out = out.toAbsolutePath();
        launch = new Launch(out.resolve("logs"));
        build = new PeerBuild(out.resolve("peers"), maven);
        natives = new Natives(out.resolve("native"));
    }

    /** Starts a peer; empty when this machine has not what it needs. */
    public Optional<Running> start(Peer peer, JvmFlags flags) throws IOException {
        Optional<List<String>> command = switch (peer) {
            case NCHAN -> natives.nchan();
            case FLOOR -> natives.floor().map(file -> List.of(file.toString(), Integer.toString(peer.port())));
            default -> Optional.of(java(flags, build.classPath(peer), peer.main()));
        };
        return command.isEmpty() ? Optional.empty() : Optional.of(launch.atPort(peer.title(), peer.port(),
            command.get(), process -> Target.plain(peer.title(), peer.port(), process)));
    }

    /** Starts Rivulet or the empty servlet; its log opens meanwhile. */
    public Running start(RivuletPlan plan) throws IOException {
        Path home = Files.createDirectories(out.resolve("data").resolve(Integer.toString(++started)));
        List<String> command = java(plan.flags(), classPath(plan.jetty()), MAIN);
        command.add("container=" + (plan.jetty() ? "JETTY" : "TOMCAT"));
        command.add("war=" + plan.war());
        command.add("home=" + home);
        plan.container().forEach((key, value) -> command.add(key + "=" + value));
        plan.settings().forEach((key, value) -> command.add(key + "=" + value));
        if (!plan.settings().isEmpty()) {
            command.add("rivulet.data.dir=" + home.resolve("log"));
        }
        return launch.saying(plan.title(), command, preloaded(plan.syncMoreMs()),
            port -> process -> Target.rivulet(plan.title(), port, process));
    }

    /** Runs a main class of the tests on the servers' core to its end; gives what it printed last. */
    public String runOnce(String main, JvmFlags flags, int syncMoreMs, String... arguments) throws IOException {
        List<String> command = java(flags, CLASS_PATH, main);
        command.addAll(List.of(arguments));
        return Programs.run(Core.SERVER.run(command), preloaded(syncMoreMs)).lines().reduce((a, b) -> b).orElse("");
    }

    /** The environment under which each sync takes so much longer. */
    private Map<String, String> preloaded(int syncMoreMs) throws IOException {
        if (syncMoreMs == 0) {
            return Map.of();
        }
        Path library = natives.slowSync().orElseThrow(() -> new IOException("slower syncs need a C compiler (cc)"));
        return Map.of("LD_PRELOAD", library.toString(), "SYNC_MORE_MS", Integer.toString(syncMoreMs));
    }

    private static List<String> java(JvmFlags flags, String classPath, String main) {
        List<String> command = new ArrayList<>(List.of(Programs.java()));
        command.addAll(flags.words());
        command.addAll(List.of("-cp", classPath, main));
        return command;
    }

    /** What the container needs and nothing of the other one; the hub's classes are the WAR's alone. */
    private static String classPath(boolean jetty) {
        String own = jetty ? "(?s).*(org/eclipse/jetty|org/ow2/asm).*" : "(?s).*org/apache/tomcat.*";
        return Arrays.stream(CLASS_PATH.split(File.pathSeparator))
            .filter(entry -> entry.matches(COMMON) || entry.matches(own))
            .collect(Collectors.joining(File.pathSeparator));
    }
}
