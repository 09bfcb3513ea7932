package io.rivulet.bench.scenario;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.ProcessFigures;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.cluster.Engines;
import io.rivulet.cluster.MeasuredEngine;
import io.rivulet.kit.Await;
import io.rivulet.kit.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A hub by itself, or some nodes at a server of an engine that nobody else has. */
final class Team implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final String name;
    private final MeasuredEngine engine;
    private final List<Running> nodes = new ArrayList<>();

    private Team(String name, MeasuredEngine engine) {
        this.name = name;
        this.engine = engine;
    }

    /** A hub with a log of its own. */
    static Team alone(Lab lab) throws IOException {
        Team team = new Team("one hub, embedded", null);
        team.add(lab, lab.rivulet(true, lab.options().flags()).titled(team.name));
        return team;
    }

    /** So many nodes at a new server of this engine, which may use both cores. */
    static Team of(Lab lab, Engines kind, int nodes) throws IOException {
        MeasuredEngine engine;
        try {
            engine = kind.startDurable();
        } catch (Exception e) {
            throw new IOException(kind.title() + " does not start", e);
        }
        Team team = new Team((nodes == 1 ? "one node" : nodes + " nodes") + " at " + kind.title(), engine);
        try {
            for (ProcessHandle process : engine.processes()) {
                Core.free(process.pid());
                for (ProcessHandle child : process.descendants().toList()) {
                    Core.free(child.pid());
                }
            }
            for (int i = 1; i <= nodes; i++) {
                team.add(lab, lab.rivulet(true, lab.options().flags()).set(engine.settings("bench"))
                    .titled(team.name + ", number " + i));
            }
            return team;
        } catch (IOException | RuntimeException | AssertionError e) {
            team.close();
            throw e;
        }
    }

    private void add(Lab lab, RivuletPlan plan) throws IOException {
        Running node = lab.fresh(plan);
        nodes.add(node);
        Await.until(plan.title() + " is ready", START_LIMIT, () -> Health.of(node.target().port(), "").isOpen());
    }

    String name() {
        return name;
    }

    /** Null for none. */
    MeasuredEngine engine() {
        return engine;
    }

    List<Target> nodes() {
        return nodes.stream().map(Running::target).toList();
    }

    /** The one that is published at. */
    Target first() {
        return nodes.get(0).target();
    }

    /** The one that has the subscribers. */
    Target last() {
        return nodes.get(nodes.size() - 1).target();
    }

    /** Of all nodes since their start. */
    long cpuMs() {
        return nodes().stream().mapToLong(node -> ProcessFigures.of(node.process()).cpuMs()).sum();
    }

    /** Of the engine since its start; of a hub by itself 0. */
    long engineCpuMs() {
        return engine == null ? 0
            : engine.processes().stream().mapToLong(process -> ProcessFigures.of(process).cpuMs()).sum();
    }

    @Override
    public void close() {
        nodes.forEach(Running::close);
        try {
            if (engine != null) {
                engine.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the server of " + name + " does not end", e);
        }
    }
}
