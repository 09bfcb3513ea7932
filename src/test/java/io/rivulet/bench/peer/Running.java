package io.rivulet.bench.peer;

import io.rivulet.bench.drive.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A server that runs. Ended with the benchmark at the latest. */
public final class Running implements AutoCloseable {

    private final Target target;
    private final Process process;
    private final BufferedReader out;

    Running(Target target, Process process, BufferedReader out) {
        this.target = target;
        this.process = process;
        this.out = out;
    }

    /** Where it is. */
    public Target target() {
        return target;
    }

    /** Asks a server of {@code BenchServer} for something; gives its line. */
    public String ask(String question) throws IOException {
        process.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String answer = out.readLine();
        if (answer == null) {
            throw new IOException(target.name() + " has ended instead of an answer to " + question);
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
