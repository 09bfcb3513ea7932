package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** {@code /api/nodes}: for operators alone; what it shows is the cluster's. */
class NodesServletTest {

    @Test
    void anOperatorSeesTheNodes() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response nodes = door.get("/api/nodes");
            assertEquals(200, nodes.getStatus());
            assertEquals("{}", nodes.getContent());
            assertEquals("no-store", nodes.get("Cache-Control"));
        }
    }

    @Test
    void nobodyElseDoes() throws Exception {
        try (Door door = Door.with()) {
            assertEquals(403, door.get("/api/nodes").getStatus());
            HttpTester.Response other = door.send("POST /api/nodes", "");
            assertEquals(405, other.getStatus());
            assertEquals("GET, HEAD, OPTIONS", other.get("Allow"));
        }
    }
}
