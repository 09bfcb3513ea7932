package io.rivulet.bench.drive;

/**
 * One measurement with one server.
 *
 * @param crowd   who listens; null for nobody
 * @param load    who publishes
 * @param warmMs  under load before the measuring begins
 * @param timeMs  measured
 */
public record RoundPlan(CrowdPlan crowd, Load load, long warmMs, long timeMs) {
}
