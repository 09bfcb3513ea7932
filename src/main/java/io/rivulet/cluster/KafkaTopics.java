package io.rivulet.cluster;

import io.rivulet.cluster.kafka.KafkaClient;
import io.rivulet.cluster.kafka.KafkaClient.Topic;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the topics of a hub must be like: whether those that are there will do, and how they are made. {@link
 * KafkaEngine} asks at each start. A topic that could lose what was acknowledged, or has no order, will not do.
 */
final class KafkaTopics {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
    /** The largest group of a hub's events has that, and one event may be as large. */
    private static final int BYTES_MAX = 72 << 20;
    private static final int BYTES_MIN = 2 << 20;
    private static final String BYTES = "max.message.bytes";
    private static final String IN_SYNC = "min.insync.replicas";
    private static final String UNCLEAN = "unclean.leader.election.enable";
    private static final String POLICY = "cleanup.policy";
    private static final String COMPRESSION = "compression.type";
    private static final List<String> PLAIN = List.of("producer", "uncompressed", "gzip");

    private final KafkaClient client;
    private final KafkaAddress address;

    KafkaTopics(KafkaClient client, KafkaAddress address) {
        this.client = client;
        this.address = address;
    }

    /**
     * Looks at what is there, and changes nothing.
     *
     * @return whether there is a topic of the log
     * @throws EngineRefused when it will not do
     */
    boolean check() throws IOException {
        Topic log = client.topic(address.topic());
        if (log == null) {
            replicas();
        } else {
            String warning = fault(address.topic(), log, address.isDurable());
            if (warning != null) {
                LOG.warn(warning);
            }
        }
        Topic notes = client.topic(address.notes());
        if (notes != null) {
            requireOne(address.notes(), notes);
        }
        return log != null;
    }

    /** The same, and makes what is missing. */
    void make() throws IOException {
        if (client.topic(address.topic()) == null) {
            int replicas = replicas();
            client.create(address.topic(), replicas, log(replicas));
            LOG.info("The topic {} of the shared log was made, with {} replicas", address.topic(), replicas);
        }
        makeNotes();
    }

    /** Makes the topic of the notes where it is missing. */
    void makeNotes() throws IOException {
        if (client.topic(address.notes()) == null) {
            client.create(address.notes(), Math.min(address.replicas(), client.brokers()), Map.of(POLICY, "delete",
                "retention.ms", "600000", "segment.ms", "600000", UNCLEAN, "true", IN_SYNC, "1")); // any broker will do
        }
    }

    private static Map<String, String> log(int replicas) {
        Map<String, String> config = new TreeMap<>(Map.of(POLICY, "delete", "retention.ms", "-1", "retention.bytes",
            "-1", COMPRESSION, "producer", UNCLEAN, "false", BYTES, String.valueOf(BYTES_MAX)));
        config.put(IN_SYNC, String.valueOf(Math.min(2, replicas)));
        return config;
    }

    private int replicas() throws IOException {
        int brokers = client.brokers();
        if (brokers < 2 && address.isDurable()) {
            throw new EngineRefused("there is one broker alone: what was acknowledged would be lost with it. Run three,"
                + " or add ?durable=no to the URL where that may be", null);
        }
        return Math.min(address.replicas(), brokers);
    }

    private static void requireOne(String name, Topic topic) throws EngineRefused {
        if (topic.partitions() != 1) {
            throw new EngineRefused("the topic " + name + " has " + topic.partitions() + " partitions; an order"
                + " needs one partition: delete the topic, and the hub makes it, or name another one in the URL", null);
        }
    }

    /**
     * Whether this topic will do for the log.
     *
     * @return what should be known and does not keep the hub from starting; null for nothing
     */
    static String fault(String name, Topic topic, boolean durable) throws EngineRefused {
        requireOne(name, topic);
        if (durable && topic.replicas() < 2) {
            throw new EngineRefused("the topic " + name + " has one replica: what was acknowledged would be lost with"
                + " its broker; give it three (kafka-reassign-partitions.sh), or add ?durable=no to the URL where that"
                + " may be", null);
        }
        Map<String, String> config = topic.config();
        if (config == null) {
            return "The user may not read how the topic " + name + " is set (DESCRIBE_CONFIGS), so whether it keeps"
                + " what was acknowledged is not known: it needs min.insync.replicas=2 and"
                + " unclean.leader.election.enable=false";
        }
        int inSync = number(config, IN_SYNC, 1);
        if (durable && inSync < 2) {
            throw new EngineRefused("the topic " + name + " has min.insync.replicas=" + inSync + ": an event would be"
                + " acknowledged that one broker alone has" + set(name, IN_SYNC + "=2")
                + ", or add ?durable=no to the URL where that may be", null);
        }
        if (inSync > topic.replicas()) {
            throw new EngineRefused("the topic " + name + " has min.insync.replicas=" + inSync + " and "
                + topic.replicas() + " replicas: it takes nothing" + set(name, IN_SYNC + "=2"), null);
        }
        if (durable && "true".equals(config.get(UNCLEAN))) {
            throw new EngineRefused("the topic " + name + " has unclean.leader.election.enable=true: a broker that lags"
                + " may become the leader, and what it has not is lost" + set(name, UNCLEAN + "=false")
                + ", or add ?durable=no to the URL where that may be", null);
        }
        if (!"delete".equals(config.getOrDefault(POLICY, "delete"))) {
            throw new EngineRefused("the topic " + name + " has cleanup.policy=" + config.get(POLICY)
                + ", which removes records out of the middle" + set(name, POLICY + "=delete"), null);
        }
        if (!PLAIN.contains(config.getOrDefault(COMPRESSION, "producer"))) {
            throw new EngineRefused("the topic " + name + " has compression.type=" + config.get(COMPRESSION)
                + ", for which the hub has no codec" + set(name, COMPRESSION + "=producer"), null);
        }
        int bytes = number(config, BYTES, BYTES_MAX);
        if (bytes < BYTES_MIN) {
            throw new EngineRefused("the topic " + name + " takes records of " + bytes + " bytes, and the hub writes"
                + " larger ones where many publish at once" + set(name, BYTES + "=" + BYTES_MAX), null);
        }
        return warning(name, topic, config, inSync);
    }

    private static String warning(String name, Topic topic, Map<String, String> config, int inSync) {
        if (number(config, "retention.ms", -1) >= 0 || number(config, "retention.bytes", -1) >= 0) {
            return "The topic " + name + " has a retention of its own, by which Kafka removes history that the hub"
                + " would keep, and after a time without events all of it" + set(name,
                "retention.ms=-1,retention.bytes=-1") + ": the hub removes what its settings say";
        }
        return inSync == topic.replicas() && inSync > 1 ? "The topic " + name + " has as many replicas as"
            + " min.insync.replicas: nothing is published while one broker is away" : null;
    }

    private static String set(String name, String config) {
        return "; set it with kafka-configs.sh --alter --entity-type topics --entity-name " + name + " --add-config "
            + config;
    }

    /** Of a property, as large as an int at most. */
    private static int number(Map<String, String> config, String name, int otherwise) {
        try {
            return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(config.getOrDefault(name, "")));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
