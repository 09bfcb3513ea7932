package io.rivulet.bench.serve;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server to be measured, as a process of its own: {@code container=JETTY war=target/rivulet.war home=… port=…
 * rivulet.dev=true …}. It says {@code ready <port>} when it listens, answers {@code counters} on its standard input
 * with a line of JSON, and ends with it. It ends as well when it cannot answer: its caller would wait for ever.
 */
public final class BenchServer {

    /** Held, because the log manager forgets a logger's level with the logger. */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("org.eclipse.jetty"),
        Logger.getLogger("org.apache"), Logger.getLogger("io.rivulet"));

    private BenchServer() {
    }

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws Exception {
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
        ServerPlan plan = ServerPlan.parse(arguments);
        Host host = plan.isJetty() ? new JettyHost(plan) : new TomcatHost(plan);
        System.out.println("ready " + host.start());
        try {
            answer(host);
        } catch (ReflectiveOperationException e) {
            Logger.getLogger(BenchServer.class.getName()).log(Level.SEVERE, "the counters cannot be read", e);
            System.exit(1);
        }
        host.stop();
        System.exit(0); // whatever threads a container leaves
    }

    private static void answer(Host host) throws IOException, ReflectiveOperationException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("counters")) {
                System.out.println(new Gson().toJson(Counters.of(host.context())));
            }
        }
    }
}
