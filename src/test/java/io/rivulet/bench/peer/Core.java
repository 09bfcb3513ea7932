package io.rivulet.bench.peer;

import java.io.IOException;
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

    /** Moves a process to this core, all threads that it has so far. */
    public void take(long pid) throws IOException {
        pin(Integer.toString(number), pid);
    }

    /**
     * Lets a process run on both cores for a while: what it has set up for one core stays, but its compiler need not
     * share that one with the load.
     */
    public static void free(long pid) throws IOException {
        pin(SERVER.number + "," + DRIVER.number, pid);
    }

    private static void pin(String cores, long pid) throws IOException {
        if (PINS) {
            Programs.run(List.of("taskset", "-a", "-c", "-p", cores, Long.toString(pid)));
        }
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
