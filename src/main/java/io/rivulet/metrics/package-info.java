/**
 * Counters of the running hub: always there, cheap to count. The hub and its doors count; health, the console and tests
 * read.
 */
package io.rivulet.metrics;
