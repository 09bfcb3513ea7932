package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEvents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogFinder;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub tells all that remembers something for the next request that time passes. Else what a burst of strangers left
 * there would stay for ever, for nobody would push it out.
 */
class TimePassesTest {

    /** Fifty seconds: what nobody asks for again is gone after twenty. The hub's own thread ticks as well. */
    private static final int TICKS = 100;

    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();

    @TempDir
    Path folder;

    private HubScene scene(String... settings) throws Exception {
        return new HubScene(folder, GoLive.EXACT, log -> listening(EventLog.class, log), settings);
    }

    private <T> T listening(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> call(real, method, arguments)));
    }

    private Object call(Object real, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("age")) {
            told.incrementAndGet();
        } else if (method.getName().equals("readNewest")) {
            reads.incrementAndGet();
        }
        try {
            Object answer = method.invoke(real, arguments);
            return answer instanceof LogFinder finder ? listening(LogFinder.class, finder) : answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void pass(HubScene scene) throws Exception {
        for (int i = 0; i < TICKS; i++) {
            scene.tick();
        }
    }

    /** What look-ups of strangers left in its memory stayed for ever. */
    @Test
    void theLogIsTold() throws Exception {
        try (HubScene scene = scene()) {
            pass(scene);
            assertTrue(told.get() >= 2, told + " times in fifty seconds");
        }
    }

    /** Three megabytes of them: more than a quarter of a generation, which stays however old it is. */
    @Test
    void patternsThatNobodyAsksForAgainAreForgotten() throws Exception {
        try (HubScene scene = scene()) {
            TopicSpace space = scene.hub.topics();
            TopicMatcher first = space.selector("passes0/{a:1000}");
            for (int i = 1; i < 200; i++) {
                space.selector("passes" + i + "/{a:1000}");
            }
            assertSame(first, space.selector("passes0/{a:1000}"));
            pass(scene);
            assertNotSame(first, space.selector("passes0/{a:1000}"));
        }
    }

    @Test
    void answersForConflatingStreamsAreForgotten() throws Exception {
        try (HubScene scene = scene("ring.bytes", "4096")) {
            String before = scene.publish("a", "before");
            scene.publish("a", "old");
            for (int i = 0; i < 20; i++) {
                scene.publish("b", "x".repeat(1_000));
            }
            SubscribeRequest alike = scene.client("a").conflating().after(before).asked();
            assertEquals(1, readsFor(scene, alike));
            assertEquals(0, readsFor(scene, alike), "it is answered as the one before");
            pass(scene);
            assertEquals(1, readsFor(scene, alike));
        }
    }

    /** How often the log is read for one more stream that asks this. */
    private int readsFor(HubScene scene, SubscribeRequest request) {
        int before = reads.get();
        awaitEvents(scene.client("a").connect(request), 1).cut();
        return reads.get() - before;
    }
}
