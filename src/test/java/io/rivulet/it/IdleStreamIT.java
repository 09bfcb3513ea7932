package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What a container holds for a stream to which nothing happens. */
@OnEveryContainer
class IdleStreamIT {

    private static final int STREAMS = 100;
    /** Small buffers, and what a request has of strings that are being made; Tomcat's own are 32 KB. */
    private static final long TEXT_BYTES_MAX = 4_096;
    private static final Pattern CHARS = Pattern.compile("(?m)^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+\\[C\\b");

    private final Container container;

    IdleStreamIT(Container container) {
        this.container = container;
    }

    @Test
    void aStreamHoldsNoBuffersForTextThatItNeverHas() throws Exception {
        assumeTrue(Runtime.version().feature() < 26, "the buffer for a writer stays there");
        List<WireClient> clients = new ArrayList<>();
        try (Server server = Server.in(container).start()) {
            open(clients, server); // the first has made what is made once
            long before = textBytes();
            while (clients.size() <= STREAMS) {
                open(clients, server);
            }
            long each = (textBytes() - before) / STREAMS;
            assertTrue(each < TEXT_BYTES_MAX, each + " bytes of characters for each stream");
        } finally {
            clients.forEach(WireClient::close);
        }
    }

    private static void open(List<WireClient> clients, Server server) throws IOException {
        WireClient client = WireClient.to(server);
        clients.add(client);
        client.send("GET", "/api/updates?topic=t", Map.of(), null);
        assertEquals(200, client.readHead().status());
    }

    /** Of all arrays of characters that are alive in this JVM, where the container runs, too. */
    private static long textBytes() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
            new Object[] {new String[0]}, new String[] {String[].class.getName()});
        Matcher chars = CHARS.matcher(histogram);
        assertTrue(chars.find(), histogram);
        return Long.parseLong(chars.group(1));
    }
}
