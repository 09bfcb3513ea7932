package io.rivulet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is written in C: compiled when there is a compiler, else left out. */
final class Natives {

    private static final Path SOURCES = Path.of("src/test/bench/native");
    private static final Path NCHAN_MODULE = Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so");

    private final Path out;

    Natives(Path out) {
        this.out = out.toAbsolutePath();
    }

    /** The floor's program, if it can be had. */
    Optional<Path> floor() throws IOException {
        return compile("floor.c", "floor", List.of("-O2"));
    }

    /** A library that, loaded first, makes each sync to disk last longer. */
    Optional<Path> slowSync() throws IOException {
        return compile("slowsync.c", "slowsync.so", List.of("-O2", "-shared", "-fPIC"));
    }

    private Optional<Path> compile(String source, String result, List<String> options) throws IOException {
        Optional<Path> compiler = Programs.find("cc");
        if (compiler.isEmpty()) {
            return Optional.empty();
        }
        Path file = Files.createDirectories(out).resolve(result);
        List<String> command = new ArrayList<>(List.of(compiler.get().toString()));
        command.addAll(options);
        command.addAll(List.of("-o", file.toString(), SOURCES.resolve(source).toString(), "-ldl"));
        Programs.run(command);
        return Optional.of(file);
    }

    /** The command that starts nchan, if nginx and the module are there. */
    Optional<List<String>> nchan() throws IOException {
        Optional<Path> nginx = Programs.find("nginx");
        if (nginx.isEmpty() || !Files.exists(NCHAN_MODULE)) {
            return Optional.empty();
        }
        Path prefix = Files.createDirectories(out.resolve("nchan"));
        return Optional.of(List.of(nginx.get().toString(), "-p", prefix.toString(), "-c",
            SOURCES.resolve("nchan.conf").toAbsolutePath().toString()));
    }
}
