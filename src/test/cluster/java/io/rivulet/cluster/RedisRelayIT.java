package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Relay;
import io.rivulet.cluster.ClusterEngine.RelayHead;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Transient events of several nodes at a real Redis. */
class RedisRelayIT extends RelayContract {

    private Redis redis;

    @Override
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(Redis.isThere(), "skipped: Redis is not installed here");
        redis = Redis.start();
        return redis;
    }

    @Test
    void aMasterThatMissesTheLastOnesIsAnotherLifeForThoseWhoHaveSeenThem() throws IOException {
        ClusterEngine engine = engine();
        relay(engine, run(), 1, 1);
        relay(engine, run(), 2, 1);
        Relay seen = engine.relayed(0, 0, -1, 1 << 20);
        String key = '{' + name() + "}:relay";
        redis.command("XDEL", key, "2-2");
        redis.command("HSET", key + "head", "number", "1");
        relay(engine, run(), 3, 1);
        assertEquals(2, engine.relayed(0, 0, -1, 1 << 20).head(), "another one stands there");
        assertEquals(0, engine.relayed(seen.life(), 2, 2, 1 << 20).life());
        relay(engine, run(), 4, 1);
        Relay next = engine.relayed(0, 0, -1, 1 << 20);
        assertNotEquals(seen.life(), next.life());
        assertEquals(1, next.head());
    }

    @Test
    void anAppendAndAReadTellWhichBatchWasRelayedLast() throws IOException {
        ClusterEngine engine = engine();
        assertEquals(new RelayHead(0, 0, -1), engine.append(batch(run(), 1, 1), -1).relayed());
        assertEquals(new RelayHead(0, 0, -1), engine.read(0, 1_000).relayed());
        relay(engine, run(), 1, 1);
        relay(engine, run(), 7, 1);
        RelayHead newest = new RelayHead(engine.relayed(0, 0, -1, 1_000).life(), 2, 7);
        assertEquals(newest, engine.append(batch(run(), 2, 1), -1).relayed());
        assertEquals(newest, engine.append(batch(run(), 2, 1), -1).relayed(), "the same batch once more");
        assertEquals(newest, engine.read(0, 1_000).relayed());
        redis.command("HINCRBY", '{' + name() + "}:relayhead", "number", "1"); // a node of the version before
        assertNull(engine.append(batch(run(), 3, 1), -1).relayed(), "this one has to ask");
        assertNull(engine.read(0, 1_000).relayed());
    }

    @Test
    void onlySoManyBytesAreKept() throws IOException {
        ClusterEngine engine = engine();
        for (int i = 1; i <= 40; i++) {
            engine.relay(new Batch(run().epoch(), i, i, i, 1, 1, new byte[1 << 20]), -1);
        }
        Relay left = engine.relayed(0, 0, -1, 1);
        assertEquals("25 40", left.first() + " " + left.head());
    }
}
