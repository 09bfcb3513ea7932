package io.rivulet.kit;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The built WAR as a process of its own, so that it can be killed:
 * {@code java -cp … io.rivulet.kit.ServerProcess port=8080 data=/tmp/d war=target/rivulet.war container=JETTY
 * acceptQueue=4096 rivulet.dev=true …}. It says {@code ready <port>} when its port is bound, and ends with its standard
 * input.
 */
public final class ServerProcess {

    private ServerProcess() {
    }

    /** Runs until standard input ends; {@code stdin=ignore} runs until it is killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Container container = Container.JETTY;
        for (String argument : arguments) {
            container = argument.startsWith("container=") ? Container.valueOf(value(argument)) : container;
        }
        Server.Builder builder = Server.in(container);
        boolean bound = true;
        for (String argument : arguments) {
            switch (argument.substring(0, argument.indexOf('='))) {
                case "port" -> builder.port(Integer.parseInt(value(argument)));
                case "data" -> builder.data(Path.of(value(argument)));
                case "war" -> builder.war(Path.of(value(argument)));
                case "acceptQueue" -> builder.acceptQueue(Integer.parseInt(value(argument)));
                case "sendBuffer" -> builder.sendBuffer(Integer.parseInt(value(argument)));
                case "path" -> builder.at(value(argument));
                case "stdin" -> bound = false;
                case "container" -> { }
                default -> builder.set(argument.substring("rivulet.".length(), argument.indexOf('=')), value(argument));
            }
        }
        try (Server server = builder.build()) {
            server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "test-shutdown"));
            System.out.println("ready " + server.port());
            if (bound) {
                while (System.in.read() >= 0) {
                    // the parent only holds the pipe open; its death closes it, and this process with it
                }
            } else {
                Thread.currentThread().join();
            }
        }
    }

    private static String value(String argument) {
        return argument.substring(argument.indexOf('=') + 1);
    }
}
