/** Counters of the running hub: always there, cheap to count, read by health, console and tests. */
package io.rivulet.metrics;
