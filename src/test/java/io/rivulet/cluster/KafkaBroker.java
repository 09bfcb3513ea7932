package io.rivulet.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The program of a broker's process: it makes the broker's folders, where they are not there yet, and is the broker
 * then. It ends with the process that has started it, however that ends. Its class path has Kafka, and nothing of ours
 * but this class, so it finds Kafka by name.
 */
final class KafkaBroker {

    private KafkaBroker() {
    }

    /** {@code arguments}: the file of settings, and the cluster's id. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread watch = new Thread(KafkaBroker::endWithParent, "test-parent");
        watch.setDaemon(true);
        watch.start();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Object status = Class.forName("kafka.tools.StorageTool").getMethod("execute", String[].class, PrintStream.class)
            .invoke(null, new String[] {"format", "-c", arguments[0], "-t", arguments[1], "--ignore-formatted"},
                new PrintStream(said, true, StandardCharsets.UTF_8));
        if (!status.equals(0)) {
            throw new IllegalStateException(said.toString(StandardCharsets.UTF_8));
        }
        Class.forName("kafka.Kafka").getMethod("main", String[].class)
            .invoke(null, (Object) new String[] {arguments[0]});
    }

    /** Its standard input is a pipe, which the system closes at the other end when that process is no more. */
    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // nothing is said there
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(1);
    }
}
