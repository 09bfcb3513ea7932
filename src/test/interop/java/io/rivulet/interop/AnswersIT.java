package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.Installation;
import io.rivulet.Message;
import io.rivulet.Rivulet;
import io.rivulet.RivuletHub;
import io.rivulet.StreamResponse;
import io.rivulet.TopicPublisher;
import io.rivulet.kit.Await;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients of {@code answers.mjs} at an application of their protocols, whose answers are streams of the hub that is
 * installed in it. The model is a script that stops half-way.
 */
class AnswersIT {

    private static final long LIMIT_S = 120;

    @TempDir
    private static Path data;
    private static Server server;
    private static Path folder;

    @BeforeAll
    static void serve() throws Exception {
        ServletContextHandler app = new ServletContextHandler("/");
        app.addEventListener(new Live());
        Chats chats = new Chats();
        ServletHolder holder = new ServletHolder(chats);
        holder.setAsyncSupported(true);
        for (String path : List.of("/chat/*", "/go/*", "/stop/*")) {
            app.addServlet(holder, path);
        }
        server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.setHandler(app);
        server.start();
        RivuletHub hub = Rivulet.hub(app.getServletContext());
        Await.until("the log is open", () -> hub.whyNotReady().isEmpty());
        Path npm = Tools.program("npm");
        folder = Tools.copy("answers");
        Tools.fetch(folder, npm.toString(), "install", "--no-package-lock", "--no-audit", "--no-fund");
    }

    @AfterAll
    static void end() throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void theChatOfTheAiSdkSurvivesAReloadIsStoppedAndKnowsWhenNothingRuns() throws Exception {
        assertWell("ai");
    }

    @Test
    void theDecoderOfOpenAiReadsToTheEnd() throws Exception {
        assertWell("openai");
    }

    @Test
    void anAgentOfAgUiThatIsCutReadsItsRunFromTheStart() throws Exception {
        assertWell("agui");
    }

    private static void assertWell(String client) throws Exception {
        Path words = folder.resolve(client + ".txt");
        Process process = new ProcessBuilder(Tools.program("node").toString(), "answers.mjs", client,
            "http://127.0.0.1:" + server.getURI().getPort()).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(words.toFile()).start();
        boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(words);
        assertTrue(ended, "not within " + LIMIT_S + " s: " + said);
        assertEquals("well", said.strip());
    }

    /** Installs the hub. */
    private static final class Live implements ServletContextListener {
        private Installation live;

        @Override
        public void contextInitialized(ServletContextEvent event) {
            live = Rivulet.install(event.getServletContext(), Map.of("rivulet.data.dir", data.toString()), "/live");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            live.close();
        }
    }

    /** POST begins a run or joins it, GET joins one that is under way; {@code /go} and {@code /stop} are the test's. */
    private static final class Chats extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Map<String, Run> runs = new ConcurrentHashMap<>();

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            RivuletHub hub = Rivulet.hub(getServletContext());
            String[] path = request.getPathInfo().substring(1).split("/");
            String id = path[path.length - 1];
            switch (request.getServletPath()) {
                case "/go" -> runs.get(id).goOn();
                case "/stop" -> hub.cancel("chat/" + id).join();
                default -> {
                    if (request.getMethod().equals("POST")) {
                        runs.computeIfAbsent(id, name -> new Run(hub, path[0], name));
                    }
                    answer(path[0], id, request, response);
                }
            }
        }

        private static void answer(String kind, String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
            StreamResponse answer = Rivulet.respond(request, response).topic("chat/" + id).fromStart()
                .ignoringLastEventId().plain().untilEnd();
            if (!request.getMethod().equals("POST")) {
                answer.onlyIfOpen();
            }
            switch (kind) {
                case "ui" -> answer.header("x-vercel-ai-ui-message-stream", "v1").last("[DONE]");
                case "openai" -> answer.last("[DONE]");
                default -> {
                }
            }
            answer.start();
        }
    }

    /** A model that says half of what it has to say, and the rest when it is told to. */
    private static final class Run {
        private static final List<String> PIECES = List.of("Hel", "lo", ", ", "wor", "ld", "!");
        private static final int HALF = 4;

        private final String topic;
        private final TopicPublisher publisher;
        private final Flow.Subscriber<Message> messages;
        private final List<String> rest = new ArrayList<>();

        Run(RivuletHub hub, String kind, String id) {
            topic = "chat/" + id;
            publisher = hub.publisher(topic).sayOnCancel("{\"type\":\"abort\"}");
            messages = publisher.messages();
            List<String> all = new ArrayList<>();
            switch (kind) {
                case "ui" -> {
                    all.add("{\"type\":\"start\",\"messageId\":\"a1\"}");
                    all.add("{\"type\":\"text-start\",\"id\":\"t\"}");
                    PIECES.forEach(piece -> all.add(
                        "{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"" + piece + "\"}"));
                    all.add("{\"type\":\"text-end\",\"id\":\"t\"}");
                    all.add("{\"type\":\"finish\"}");
                }
                case "openai" -> PIECES.forEach(piece -> all.add(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece + "\"}}]}"));
                default -> {
                    all.add("{\"type\":\"RUN_STARTED\",\"threadId\":\"four\",\"runId\":\"four\"}");
                    all.add("{\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"a1\",\"role\":\"assistant\"}");
                    PIECES.forEach(piece -> all.add(
                        "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"a1\",\"delta\":\"" + piece + "\"}"));
                    all.add("{\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"a1\"}");
                    all.add("{\"type\":\"RUN_FINISHED\",\"threadId\":\"four\",\"runId\":\"four\"}");
                }
            }
            int half = kind.equals("openai") ? HALF : HALF + 2;
            all.subList(0, half).forEach(data -> messages.onNext(Message.on(topic, data)));
            rest.addAll(all.subList(half, all.size()));
        }

        void goOn() {
            rest.forEach(data -> messages.onNext(Message.on(topic, data)));
            messages.onComplete();
        }
    }
}
