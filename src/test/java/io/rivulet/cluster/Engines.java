package io.rivulet.cluster;

import org.junit.jupiter.api.Assumptions;

/** The engines that a machine may have a server of, for tests and benches that are the same at each of them. */
public enum Engines {
    /** Calls are commits. */
    POSTGRESQL("PostgreSQL") {
        @Override
        public boolean isThere() {
            return Postgres.isThere();
        }

        @Override
        Postgres begin(boolean durable) throws Exception {
            return durable ? Postgres.startDurable() : Postgres.start();
        }
    },
    /** Calls are commands; it syncs each write always. */
    REDIS("Redis") {
        @Override
        public boolean isThere() {
            return Redis.isThere();
        }

        @Override
        Redis begin(boolean durable) throws Exception {
            return Redis.start();
        }
    },
    /** Calls are requests. For tests it is a lone broker; for benches there are three, which wait for no disk. */
    KAFKA("Kafka") {
        @Override
        public boolean isThere() {
            return Kafka.isThere();
        }

        @Override
        public String missing() {
            return Kafka.MISSING;
        }

        @Override
        Kafka begin(boolean durable) throws Exception {
            return durable ? Kafka.startDurable() : Kafka.emptyOne();
        }
    };

    private final String title;

    Engines(String title) {
        this.title = title;
    }

    /** Whether this machine has it. */
    public abstract boolean isThere();

    /** Why it is not, where it is not. */
    public String missing() {
        return title + " is not installed here";
    }

    abstract EngineServer begin(boolean durable) throws Exception;

    /** For a test, which is skipped and says so where there is none. */
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(isThere(), "skipped: " + missing());
        return begin(false);
    }

    /** One that keeps what it has acknowledged, as durably as docs/cluster.md tells. */
    public MeasuredEngine startDurable() throws Exception {
        return begin(true);
    }

    /** Its name. */
    public String title() {
        return title;
    }
}
