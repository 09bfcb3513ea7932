package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.StreamParser.Dispatched;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit on a WAR of ten lines: what it shows must not depend on the hub. */
@OnEveryContainer
class ServerIT {

    private final Container container;
    @TempDir
    private Path folder;

    ServerIT(Container container) {
        this.container = container;
    }

    @Test
    void serversHaveTheirOwnSettingsAndPathAndKeepTheirPort() throws IOException {
        Path war = war();
        try (Server one = stub(war, "one").at("/hub").build().start(); Server two = stub(war, "two").build().start()) {
            assertEquals("1 one", firstOf(one));
            assertEquals("1 two", firstOf(two));
            int port = one.port();
            ClassLoader before = one.loader();
            one.restart();
            assertEquals(port, one.port());
            assertNotSame(before, one.loader());
            assertEquals("1 one", firstOf(one));
            two.redeploy();
            assertEquals("1 two", firstOf(two));
        }
    }

    @Test
    void aStreamThatIsCutAnywhereAndComesBackHasEachEventOnce() throws IOException {
        try (Server server = stub(war(), "x").build().start()) {
            for (long cut : new long[] {1, 8, 9, 10, 14, 15, 16, 17, 100}) {
                try (EventStream stream = EventStream.to(server).cutAfter(cut).open()) {
                    assertTrue(!stream.awaitEnd(), "a cut is no clean end");
                    stream.reconnect();
                    assertTrue(stream.awaitEnd());
                    assertEquals(IntStream.rangeClosed(1, 10).mapToObj(i -> i + " x").toList(),
                        stream.events().stream().map(Dispatched::data).toList(), "cut after " + cut);
                }
            }
        }
    }

    @Test
    void aServerThatDoesNotStartSaysSo() {
        Server server = Server.in(container).war(folder.resolve("none.war")).build();
        assertThrows(IllegalStateException.class, server::start);
        server.close();
    }

    private Server.Builder stub(Path war, String word) {
        return Server.in(container).war(war).set("word", word);
    }

    private static String firstOf(Server server) throws IOException {
        try (EventStream stream = EventStream.to(server).open()) {
            return stream.awaitEvent().data();
        }
    }

    private Path war() throws IOException {
        Path war = folder.resolve(container + ".war");
        String name = StubServlet.class.getName().replace('.', '/') + ".class";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war));
             InputStream code = StubServlet.class.getClassLoader().getResourceAsStream(name)) {
            zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + name));
            zip.write(code.readAllBytes());
            zip.putNextEntry(new ZipEntry("WEB-INF/web.xml"));
            zip.write(("""
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
                  <servlet><servlet-name>stub</servlet-name><servlet-class>%s</servlet-class></servlet>
                  <servlet-mapping><servlet-name>stub</servlet-name><url-pattern>/api/updates</url-pattern>
                  <url-pattern>/health/ready</url-pattern></servlet-mapping>
                </web-app>""").formatted(StubServlet.class.getName()).getBytes());
        }
        return war;
    }
}
