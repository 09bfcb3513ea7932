/**
 * The clients of Kafka, which are not in the WAR. {@link io.rivulet.cluster.kafka.KafkaClient} is what the engine asks
 * of them, in words of the JDK; {@code KafkaLibrary} alone names their types, and {@link
 * io.rivulet.cluster.kafka.KafkaJar} loads it where they are found. Everything that the hub decides is above.
 */
package io.rivulet.cluster.kafka;
