package io.rivulet.cluster.kafka;

import io.rivulet.cluster.kafka.KafkaClient.Gone;
import io.rivulet.cluster.kafka.KafkaClient.Refused;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
/**
 * What it means when Kafka's clients throw: whether trying again helps, and what to do where it does not. For {@link
 * KafkaLibrary}. Nothing that is told here has a password, since the clients name no value of such a property.
 *
 * @param answerMs the limit of a call
 */
record KafkaErrors(String brokers, int answerMs) {

    /** The same as the engine says it. */
    IOException told(Throwable thrown) {
        Throwable e = thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String said = e.getMessage();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SslAuthenticationException) {
                return new Refused("there is no TLS with Kafka, whose certificate is not trusted, or which does not"
                    + " trust this one; check ssl.truststore.location and ssl.keystore.location: "
                    + cause.getMessage(), e);
            }
            if (cause instanceof AuthenticationException) {
                return new Refused("Kafka does not let this user in; check user and password, and sasl.mechanism: "
                    + cause.getMessage(), e);
            }
            if (cause instanceof ConfigException && String.valueOf(cause.getMessage()).contains("bootstrap")
                || cause instanceof UnknownHostException) {
                return new IOException("the name of no broker is known: " + brokers, e);
            }
            if (cause instanceof ConfigException || cause instanceof IllegalArgumentException) {
                return new Refused("a property of Kafka's clients cannot be meant: " + cause.getMessage(), e);
            }
        }
        if (e instanceof AuthorizationException) {
            return new Refused("Kafka forbids what the hub needs" + (e instanceof ClusterAuthorizationException
                ? " in the cluster" : "") + ": " + said + "; docs/cluster.md has the rights of its user", e);
        }
        if (e instanceof UnsupportedVersionException) {
            return new Refused("this Kafka is too old; 3.0 is the oldest that can be used: " + said, e);
        }
        if (e instanceof InvalidReplicationFactorException || e instanceof PolicyViolationException
            || e instanceof InvalidConfigurationException || e instanceof InvalidTopicException) {
            return new Refused("Kafka does not make such a topic: " + said + "; make it by hand, as docs/cluster.md"
                + " tells", e);
        }
        if (e instanceof InvalidOffsetException || e instanceof OffsetOutOfRangeException) {
            return new Gone(said, e);
        }
        if (e instanceof org.apache.kafka.common.errors.TimeoutException || e instanceof TimeoutException) {
            return new IOException("no broker of " + brokers + " has answered within " + answerMs + " ms"
                + (said == null ? "" : ": " + said), e);
        }
        return new IOException(said == null ? e.toString() : said, e);
    }
}
