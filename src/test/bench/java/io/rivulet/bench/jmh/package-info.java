/**
 * The parts of a delivery by themselves, with JMH: {@code mvn -Pbench verify -Dbench=jmh}. Only that profile compiles
 * them.
 */
package io.rivulet.bench.jmh;
