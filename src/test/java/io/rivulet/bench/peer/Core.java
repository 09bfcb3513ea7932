package io.rivulet.bench.peer;

import java.util.ArrayList;
import java.util.List;

/** The processor core of a process: servers core 0, the driver core 1, when there are two and {@code taskset}. */
public enum Core {
    /** Of the servers. */
    SERVER(0),
    /** Of the driver. */
    DRIVER(1);

    private static final boolean PINS = Runtime.getRuntime().availableProcessors() >= 2
        && Programs.find("taskset").isPresent();

    private final int number;

    Core(int number) {
        this.number = number;
    }

    /** Whether processes are pinned at all. */
    public static boolean pins() {
        return PINS;
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** The command that runs this one on the core. */
    public List<String> run(List<String> command) {
        if (!PINS) {
            return command;
        }
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(number)));
        pinned.addAll(command);
        return pinned;
    }
}
