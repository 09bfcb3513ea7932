/**
 * The hub's meters. {@link io.rivulet.meter.HubMeters} binds them to a registry of Micrometer's, the application's own
 * or that of {@link io.rivulet.meter.MeterText}, which is what {@code /metrics} shows. Micrometer is optional:
 * {@link io.rivulet.meter.MeterText#of} says where it is missing, and nothing else of the hub needs it.
 */
package io.rivulet.meter;
