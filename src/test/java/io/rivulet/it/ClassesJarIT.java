package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import jakarta.servlet.ServletContext;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows the jar of classes and the servlet API, and nothing else of this project. */
@OnEveryContainer
class ClassesJarIT {

    private static final String PROGRAM = """
        package shop;

        import io.rivulet.*;
        import jakarta.servlet.*;
        import jakarta.servlet.http.*;
        import java.io.IOException;
        import java.util.*;

        public class Live implements ServletContextListener {
            private Installation live;

            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext shop = event.getServletContext();
                Map<String, String> settings = new HashMap<>();
                for (String key : Collections.list(shop.getInitParameterNames())) {
                    if (key.startsWith("rivulet.")) {
                        settings.put(key, shop.getInitParameter(key));
                    }
                }
                live = Rivulet.installWithHomePage(shop, settings, "/live");
            }

            @Override
            public void contextDestroyed(ServletContextEvent event) {
                live.close();
            }

            public static class Desk extends HttpServlet {
                @Override
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    Rivulet.respond(request, response).topic("run/1").fromStart().withoutIds().last("[DONE]").start();
                }

                @Override
                protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    RivuletHub hub = Rivulet.hub(getServletContext());
                    try {
                        String id = hub.publish(Message.on("orders", "tea").type("placed")).join();
                        RivuletHub.Page page = hub.history(HistoryQuery.of("orders").last(1)).join();
                        RivuletHub.Connection reader = hub.connections(5).get(0);
                        TopicPublisher run = hub.publisher("run/1").join(java.time.Duration.ofMillis(20), 512);
                        run.onNext("a");
                        run.onNext("b");
                        run.onComplete();
                        run.ended().join();
                        response.getWriter().print(id.equals(page.events().get(0).id()) + " "
                            + page.events().get(0).data() + " " + hub.connectionCount() + " " + hub.isHeard("orders")
                            + " " + reader.topics() + " " + hub.presence().get(0).topic() + " "
                            + hub.whyNotReady().isEmpty() + " " + hub.closeConnection(reader.name()) + " "
                            + hub.history(HistoryQuery.of("run/1")).join().events().get(0).data());
                    } catch (RivuletException e) {
                        response.sendError(500, e.kind() + ": " + e.getMessage());
                    }
                }
            }
        }
        """;
    private static final String WEB_XML = """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
          <listener><listener-class>shop.Live</listener-class></listener>
          <servlet><servlet-name>desk</servlet-name><servlet-class>shop.Live$Desk</servlet-class>
            <async-supported>true</async-supported></servlet>
          <servlet-mapping><servlet-name>desk</servlet-name><url-pattern>/desk</url-pattern></servlet-mapping>
        </web-app>
        """;
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");

    private final Container container;
    @TempDir
    private Path folder;

    ClassesJarIT(Container container) {
        this.container = container;
    }

    @Test
    void aProgramNeedsNothingButTheJarToHaveAHubBelowAPrefix() throws Exception {
        try (Server shop = Server.in(container).war(war()).at("/shop").set("presence", "true").build().start()) {
            Await.until("the log is open", () -> Health.of(shop.port(), "/shop/live").isOpen());
            try (EventStream stream = EventStream.to(shop.port(), "/shop/live").topic("orders").open()) {
                stream.awaitHello();
                assertEquals("true tea 1 true [orders] orders true true ab", ask(shop, "POST", "/shop/desk").text());
                assertEquals("placed", stream.awaitType("placed").type());
                assertEquals("data: ab\n\ndata: [DONE]\n\n",
                    ask(shop, "GET", "/shop/desk").text().replaceAll("(?m)^:.*\n", ""));
                assertTrue(stream.awaitEnd());
            }
            assertEquals("/shop/live/", URI.create(ask(shop, "GET", "/shop/live").header("Location")).getPath());
            String page = ask(shop, "GET", "/shop/live/").text();
            assertTrue(page.contains("http://localhost:" + shop.port() + "/shop/live/api/updates"), page);
            List<String> links = new ArrayList<>();
            for (Matcher link = LINK.matcher(page); link.find(); ) {
                links.add(link.group(1));
                WireResponse file = ask(shop, "GET", "/shop/live/" + link.group(1));
                assertEquals(200, file.status(), link.group(1));
                String again = "GET /shop/live/" + link.group(1) + " HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: "
                    + file.header("ETag") + "\r\nConnection: close\r\n\r\n";
                assertEquals(link.group(1).startsWith("home/") ? 304 : 200,
                    WireClient.exchange(shop, again).status(), link.group(1));
            }
            assertTrue(links.containsAll(List.of("home/pages.js", "home/doctor.html", "home/vendor/uPlot.min.css")),
                links.toString());
            for (String none : List.of("home/", "home/none.js", "home/..%2fHomePage.class", "home/HomePage.class",
                "home/../home.html", "home/vendor/../app.js/", "home/%00.js", "home/vendor/SHA256SUMS")) {
                int status = ask(shop, "GET", "/shop/live/" + none).status();
                assertTrue(status == 404 || status == 400, none + ": " + status);
            }
        }
    }

    @Test
    void theWarHasOneLoggerAndWhatOnlyTheJarNeedsIsNotInIt() throws IOException {
        List<String> ofWar = names(Path.of(System.getProperty("war", "target/rivulet.war")));
        assertEquals(1, ofWar.stream().filter(name -> name.matches("WEB-INF/lib/slf4j-jdk14-.*")).count());
        assertEquals(0, ofWar.stream().filter(name -> name.contains("META-INF/server/slf4j-jdk14")).count());
        assertEquals(List.of(), ofWar.stream()
            .filter(name -> name.startsWith("WEB-INF/classes/io/rivulet/http/page/home")).toList());
        List<String> ofJar = names(jar());
        for (String name : List.of("io/rivulet/http/page/home.html", "io/rivulet/spring/RivuletAutoConfiguration.class",
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
            "META-INF/services/jakarta.enterprise.inject.spi.Extension")) {
            assertTrue(ofJar.contains(name), name);
            assertFalse(ofWar.contains("WEB-INF/classes/" + name), name);
        }
    }

    private static WireResponse ask(Server shop, String method, String path) throws IOException {
        return WireClient.exchange(shop, method + " " + path + " HTTP/1.1\r\nHost: localhost:" + shop.port()
            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    private static Path jar() {
        return Path.of(System.getProperty("war", "target/rivulet.war")).resolveSibling("rivulet-classes.jar");
    }

    private static List<String> names(Path archive) throws IOException {
        try (JarFile jar = new JarFile(archive.toFile())) {
            return jar.stream().map(JarEntry::getName).toList();
        }
    }

    /** Compiles the program and packs it with the jar and what the jar itself needs. */
    private Path war() throws Exception {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        String servlets = Path.of(ServletContext.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertTrue(compiler.getTask(said, null, null, List.of("-d", classes.toString(), "-proc:none", "-classpath",
            jar() + File.pathSeparator + servlets), null, List.of(new Source())).call(), said::toString);
        Path war = folder.resolve("shop.war");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(war));
             Stream<Path> files = Files.walk(classes); JarFile hub = new JarFile(System.getProperty("war",
            "target/rivulet.war"))) {
            put(out, "WEB-INF/web.xml", WEB_XML.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                put(out, "WEB-INF/classes/" + classes.relativize(file), Files.readAllBytes(file));
            }
            put(out, "WEB-INF/lib/rivulet-classes.jar", Files.readAllBytes(jar()));
            for (JarEntry library : hub.stream().filter(entry -> entry.getName().startsWith("WEB-INF/lib/")
                && !entry.isDirectory() && !entry.getName().contains("slf4j-jdk14")).toList()) {
                put(out, library.getName(), hub.getInputStream(library).readAllBytes());
            }
        }
        return war;
    }

    private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    /** The program, as a file of the compiler's. */
    private static final class Source extends SimpleJavaFileObject {
        Source() {
            super(URI.create("string:///shop/Live.java"), Kind.SOURCE);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return PROGRAM;
        }
    }
}
