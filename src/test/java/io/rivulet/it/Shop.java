package io.rivulet.it;

import io.rivulet.Installation;
import io.rivulet.Rivulet;
import io.rivulet.RivuletHub;
import io.rivulet.StreamResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A web application that is not the hub's: it has pages, a servlet, a filter and error pages of its own, and a hub
 * below {@code /live}. {@link #war} packs it with the classes and libraries of the hub that was built.
 */
public final class Shop {

    /** Where in the shop the hub is. */
    static final String PREFIX = "/live";
    /** What the shop's own pages say. */
    static final String HOME = "the shop's home page";
    static final String NOT_FOUND = "the shop has no such page";
    static final String SORRY = "the shop is sorry: ";
    /** Where the shop tells which of its topics nobody hears. */
    static final String UNHEARD = "unheard";

    private static final String WEB_XML = """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
          <listener><listener-class>io.rivulet.it.Shop$Starter</listener-class></listener>
          <filter>
            <filter-name>edge</filter-name><filter-class>io.rivulet.it.Shop$Mark</filter-class>
            <async-supported>true</async-supported>
          </filter>
          <filter-mapping><filter-name>edge</filter-name><url-pattern>/*</url-pattern></filter-mapping>
          <servlet>
            <servlet-name>updates</servlet-name><servlet-class>io.rivulet.it.Shop$Orders</servlet-class>
          </servlet>
          <servlet-mapping><servlet-name>updates</servlet-name><url-pattern>/orders/*</url-pattern></servlet-mapping>
          <servlet>
            <servlet-name>error</servlet-name><servlet-class>io.rivulet.it.Shop$Sorry</servlet-class>
          </servlet>
          <servlet-mapping><servlet-name>error</servlet-name><url-pattern>/sorry</url-pattern></servlet-mapping>
          <filter>
            <filter-name>loud</filter-name><filter-class>io.rivulet.it.Shop$Loud</filter-class>
            <async-supported>true</async-supported>
          </filter>
          <filter-mapping><filter-name>loud</filter-name><url-pattern>/loud/*</url-pattern></filter-mapping>
          <servlet>
            <servlet-name>answers</servlet-name><servlet-class>io.rivulet.it.Shop$Answers</servlet-class>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping>
            <servlet-name>answers</servlet-name>
            <url-pattern>/answers/*</url-pattern><url-pattern>/loud/*</url-pattern><url-pattern>/begun/*</url-pattern>
          </servlet-mapping>
          <servlet>
            <servlet-name>watch</servlet-name><servlet-class>io.rivulet.it.Shop$Watch</servlet-class>
          </servlet>
          <servlet-mapping><servlet-name>watch</servlet-name><url-pattern>/watch/*</url-pattern></servlet-mapping>
          <error-page><error-code>404</error-code><location>/not-found.html</location></error-page>
          <error-page><location>/sorry</location></error-page>
        </web-app>
        """;

    private static final List<Class<?>> CLASSES = List.of(Shop.class, Starter.class, Mark.class, Orders.class,
        Answers.class, Watch.class, Loud.class, LoudResponse.class, Capitals.class, Sorry.class);

    private Shop() {
    }

    /** Installs the hub, with the context parameters that are settings. */
    public static final class Starter implements ServletContextListener {
        private Installation hub;

        @Override
        public void contextInitialized(ServletContextEvent event) {
            ServletContext application = event.getServletContext();
            Map<String, String> settings = new HashMap<>();
            Collections.list(application.getInitParameterNames()).stream().filter(key -> key.startsWith("rivulet."))
                .forEach(key -> settings.put(key, application.getInitParameter(key)));
            hub = Rivulet.install(application, settings, PREFIX);
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            hub.close();
        }
    }

    /** Puts a header into every answer of the application. */
    public static final class Mark extends HttpFilter {
        static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
            response.setHeader("X-Shop", "yes");
            chain.doFilter(request, response);
        }
    }

    /** GET fails, when it is told to; POST reads a form and tells the hub's subscribers of it. */
    public static final class Orders extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getPathInfo() != null) {
                throw new IllegalStateException("no order " + request.getPathInfo());
            }
            response.getWriter().print("orders");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String of = request.getParameter("of");
            Rivulet.hub(getServletContext()).publish("orders", of).join();
            response.getWriter().print("ordered " + of);
        }
    }

    /**
     * Answers with the stream of a topic, in the way that the query names. Below {@code /begun} the request is
     * asynchronous before, as JAX-RS makes it.
     */
    public static final class Answers extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            StreamResponse answer = Rivulet.respond(request, response).header("X-Protocol", "v1")
                .topic("run/" + request.getPathInfo().substring(1));
            for (String how : String.valueOf(request.getQueryString()).split("&")) {
                String[] named = how.split("=", 2);
                switch (named[0]) {
                    case "start" -> answer.fromStart();
                    case "plain" -> answer.plain();
                    case "nameless" -> answer.withoutIds();
                    case "end" -> answer.untilEnd();
                    case "done" -> answer.last("[DONE]");
                    case "open" -> answer.onlyIfOpen();
                    case "anew" -> answer.ignoringLastEventId();
                    case "after" -> answer.after(named[1]);
                    case "reader" -> answer.reader(named[1]);
                    default -> {
                    }
                }
            }
            if (request.getServletPath().equals("/begun")) {
                request.startAsync();
            }
            answer.start();
        }
    }

    /** Has the hub tell when nobody has heard a topic for a second. */
    public static final class Watch extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            RivuletHub hub = Rivulet.hub(getServletContext());
            String topic = "run/" + request.getPathInfo().substring(1);
            hub.onUnheard(topic, Duration.ofSeconds(1), () -> hub.publish(UNHEARD, topic));
        }
    }

    /** Sets headers of its own, and writes in capitals: a wrapped response as filters of applications make it. */
    public static final class Loud extends HttpFilter {
        static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
            response.setHeader("Cache-Control", "max-age=60");
            response.setContentType("text/html");
            chain.doFilter(request, new LoudResponse(response));
        }
    }

    private static final class LoudResponse extends HttpServletResponseWrapper {
        LoudResponse(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            return new Capitals(super.getOutputStream());
        }
    }

    /** An output that a filter has its hands on. */
    private static final class Capitals extends ServletOutputStream {
        private final ServletOutputStream inner;

        Capitals(ServletOutputStream inner) {
            this.inner = inner;
        }

        @Override
        public boolean isReady() {
            return inner.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            inner.setWriteListener(listener);
        }

        @Override
        public void write(int one) throws IOException {
            inner.write(Character.toUpperCase(one));
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            byte[] loud = new byte[count];
            for (int i = 0; i < count; i++) {
                loud[i] = (byte) Character.toUpperCase(bytes[from + i]);
            }
            inner.write(loud, 0, count);
        }

        @Override
        public void flush() throws IOException {
            inner.flush();
        }
    }

    /** The error page of all errors but 404. */
    public static final class Sorry extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(SORRY + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE));
        }
    }

    /** Packs the application into a file of this folder. */
    static Path war(Path folder) throws IOException {
        Path war = folder.resolve("shop.war");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(war));
             ZipFile hub = new ZipFile(new File(System.getProperty("war", "target/rivulet.war")))) {
            put(out, "WEB-INF/web.xml", WEB_XML.getBytes(StandardCharsets.UTF_8));
            put(out, "index.html", HOME.getBytes(StandardCharsets.UTF_8));
            put(out, "not-found.html", NOT_FOUND.getBytes(StandardCharsets.UTF_8));
            for (Enumeration<? extends ZipEntry> entries = hub.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && entry.getName().matches("WEB-INF/(classes|lib)/.*")) {
                    try (InputStream in = hub.getInputStream(entry)) {
                        put(out, entry.getName(), in.readAllBytes());
                    }
                }
            }
            for (Class<?> type : CLASSES) {
                String name = type.getName().replace('.', '/') + ".class";
                try (InputStream in = Shop.class.getClassLoader().getResourceAsStream(name)) {
                    put(out, "WEB-INF/classes/" + name, in.readAllBytes());
                }
            }
        }
        return war;
    }

    private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(bytes);
        out.closeEntry();
    }
}
