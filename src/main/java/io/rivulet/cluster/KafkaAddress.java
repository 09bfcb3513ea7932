package io.rivulet.cluster;

import java.io.IOException;
import java.io.Reader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the Kafka of a hub is and how to speak to it, as the setting's URL says: brokers, the topic, and properties of
 * Kafka's clients, which are handed on as they are. The file that {@code properties} names has more of them, so that
 * passwords need not stand in the URL. Immutable; {@link KafkaEngine} makes its clients by it.
 */
final class KafkaAddress {

    private static final String FORM = "the URL must be kafka://host1:9092,host2:9092/topic, with ?name=value&… for"
        + " properties of Kafka's clients, and properties=/path/of/a/file for a file of them";
    private static final Pattern URL = Pattern.compile("(?i)kafka://([^/?#@]+)(?:/([^/?#]*))?(?:\\?([^#]*))?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:,\\s]+)(?::(\\d{1,5}))?");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,200}");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]*");
    private static final int PORT = 9092;
    private static final int REPLICAS = 3;

    private final String brokers;
    private final String topic;
    private final int replicas;
    private final boolean durable;
    private final Map<String, String> properties = new TreeMap<>();

    /**
     * Reads the URL, and the file that it names.
     *
     * @throws EngineRefused when it cannot be meant; the message has no value of a property, for it may be a password
     */
    KafkaAddress(String url) throws EngineRefused {
        Matcher parts = URL.matcher(url.strip());
        if (!parts.matches()) {
            throw new EngineRefused(FORM, null);
        }
        brokers = brokers(parts.group(1));
        topic = parts.group(2) == null || parts.group(2).isEmpty() ? "rivulet" : parts.group(2);
        if (!TOPIC.matcher(topic).matches()) {
            throw new EngineRefused("the topic in the URL must be of 1 to 200 letters, digits, '.', '_' and '-'", null);
        }
        String query = parts.group(3);
        for (String each : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] pair = each.split("=", 2);
            if (pair.length < 2 || !NAME.matcher(pair[0]).matches()) {
                throw new EngineRefused(FORM, null);
            }
            properties.put(pair[0], decoded(pair[1]));
        }
        String file = properties.remove("properties");
        if (file != null) {
            read(file).forEach(properties::putIfAbsent);
        }
        durable = !"no".equals(properties.remove("durable"));
        String copies = properties.remove("replicas");
        if (copies != null && !copies.matches("[1-9]\\d?")) {
            throw new EngineRefused("replicas in the URL must be a number from 1 to 99", null);
        }
        replicas = copies == null ? REPLICAS : Integer.parseInt(copies);
    }

    private static String brokers(String text) throws EngineRefused {
        StringBuilder brokers = new StringBuilder();
        for (String each : text.split(",", -1)) {
            Matcher parts = HOST.matcher(each);
            int port = !parts.matches() ? -1 : parts.group(2) == null ? PORT : Integer.parseInt(parts.group(2));
            if (port < 1 || port > 65_535) {
                throw new EngineRefused(FORM, null);
            }
            brokers.append(brokers.isEmpty() ? "" : ",").append(parts.group(1)).append(':').append(port);
        }
        return brokers.toString();
    }

    private static Map<String, String> read(String file) throws EngineRefused {
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(file))) {
            read.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new EngineRefused("the file of Kafka's properties, " + file + ", cannot be read: "
                + e.getClass().getSimpleName(), e);
        }
        Map<String, String> properties = new TreeMap<>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name).strip()));
        return properties;
    }

    private static String decoded(String text) throws EngineRefused {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new EngineRefused("a % in the URL must be followed by two hexadecimal digits", e);
        }
    }

    /** Host and port of each, for {@code bootstrap.servers}. */
    String brokers() {
        return brokers;
    }

    /** Of the log. */
    String topic() {
        return topic;
    }

    /** Of what the nodes tell each other. */
    String notes() {
        return topic + "-notes";
    }

    /** How many brokers are to have the log, where the hub makes the topic. */
    int replicas() {
        return replicas;
    }

    /** Whether what was acknowledged must be at two brokers. */
    boolean isDurable() {
        return durable;
    }

    /** Of the clients, as they were given. */
    Map<String, String> properties() {
        return properties;
    }
}
