package io.rivulet.cluster;

import io.rivulet.config.Settings;
import io.rivulet.log.EventLog;
import io.rivulet.log.EventLogContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a log that a real Redis keeps. */
class RedisLogIT extends EventLogContract {

    private static Redis redis;
    private static int logs;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startRedis() throws Exception {
        Assumptions.assumeTrue(Redis.isThere(), "skipped: Redis is not installed here");
        redis = Redis.start();
    }

    @AfterAll
    static void endRedis() throws Exception {
        if (redis != null) {
            redis.close();
        }
    }

    @Override
    protected EventLog open() throws IOException {
        return Cluster.open(folder, redis.open("log" + ++logs), Settings.with(), clock, clock::nanos);
    }
}
