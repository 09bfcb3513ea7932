package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client for browsers as npm would publish it: packed, installed beside an application, imported and compiled. */
class ClientPackageIT {

    private static final String IMPORTS = """
        import Rivulet, { Rivulet as same } from 'rivulet-client'
        if (Rivulet !== same || Rivulet.CLOSED !== 2) throw new Error('the module')
        globalThis.self = globalThis
        await import('rivulet-client/rivulet.es5.js')
        if (self.Rivulet.CLOSED !== 2 || self.Rivulet === Rivulet) throw new Error('the script')
        """;
    /** What docs/client.md shows, and what its types must refuse. */
    private static final String USES = """
        import Rivulet, { type RivuletResume, type RivuletState } from 'rivulet-client'
        const source = new Rivulet('/api/updates', {
          topics: ['news'], share: 'me', persist: true, withCredentials: true, headers: { a: 'b' }, lastEventId: '',
          token: () => Promise.resolve('token'), transports: ['eventsource', 'fetch', 'xhr', 'poll'],
          heartbeat: 5, mute: 5, pause: 5, queue: 5, plain: false,
          onstate: ({ state, transport, status, reason, requestId, final, anonymous }: RivuletState) => void state,
          onresume: ({ resumed, missed, transient }: RivuletResume) => resumed === 'exact' })
        source.onmessage = event => event.data.length + event.lastEventId.length + event.target.readyState
        source.addEventListener('alert', event => event.origin, { once: true })
        const id: string = await source.publish('news', { any: 1 }, { type: 'a', key: 'k', private: true, end: true })
        const done: void = await source.subscribe('more')
        source.unsubscribe('more')
        if (source.readyState === Rivulet.CLOSED || source.readyState === source.OPEN) source.close()
        // @ts-expect-error
        new Rivulet('/api/updates', { transports: ['websocket'] })
        // @ts-expect-error
        source.publish('news')
        export { id, done }
        """;

    @TempDir
    private Path folder;
    private String npm;

    @BeforeEach
    void install() throws IOException {
        npm = Tools.program("npm").toString();
        Tools.build(folder, npm, "pack", "--offline", Path.of("src/main/client").toAbsolutePath().toString());
        Files.writeString(folder.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
        try (Stream<Path> files = Files.list(folder)) {
            Path packed = files.filter(file -> file.toString().endsWith(".tgz")).findFirst().orElseThrow();
            Tools.build(folder, npm, "install", "--offline", "--no-audit", "--no-fund", packed.toString());
        }
    }

    @Test
    void itHasItsFilesAndNothingElseAndIsImported() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("node_modules/rivulet-client"))) {
            assertEquals(List.of("package.json", "rivulet.d.ts", "rivulet.es5.js", "rivulet.js", "source.js"),
                files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        Files.writeString(folder.resolve("imports.mjs"), IMPORTS);
        Tools.build(folder, Tools.program("node").toString(), "imports.mjs");
    }

    @Test
    void itsTypesAreThoseOfItsPage() throws IOException {
        Files.writeString(folder.resolve("uses.ts"), USES);
        Tools.fetch(folder, npm, "install", "--no-audit", "--no-fund", "typescript@5.9.3");
        Tools.build(folder, Tools.program("node").toString(), "node_modules/typescript/bin/tsc", "--strict", "--noEmit",
            "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom", "uses.ts");
    }
}
