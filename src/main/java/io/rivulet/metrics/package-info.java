/**
 * Counters of the running hub: always there, cheap to count. Every part of the hub counts; the tests show costs and
 * bounds by the counts.
 */
package io.rivulet.metrics;
