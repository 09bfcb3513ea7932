/**
 * The benchmark: servers side by side on one core, a load driver on the other, everything in one run.
 *
 * <pre>
 * Bench ─▶ scenario ─▶ peer: starts the servers, each a JVM with a class path of its own, pinned
 *              │         (Rivulet's own is serve.BenchServer, with the built WAR)
 *              ├─────▶ drive: holds the subscribers, publishes, measures; of the server it knows address and pid
 *              └─────▶ report: tables, plots, raw lines below target/bench
 * </pre>
 *
 * Run by {@code mvn -Pbench verify -Dbench=…}; docs/performance.md says how and what it means. The classes are
 * compiled in every build, so that they do not rot, and need nothing that the tests do not have; peers and JMH are
 * fetched by the profile alone.
 */
package io.rivulet.bench;
