package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.log.Lease;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left of the leases after a kill, a power cut, and a disk that was full. */
class LeaseFileTest {

    private static final Path FOLDER = Path.of("log");
    private static final Path FILE = FOLDER.resolve(LeaseFile.NAME);

    private static Lease lease(String topic) {
        return new Lease(topic, 30_000, topic.startsWith("private"));
    }

    private static LeaseFile open(Disk disk) throws IOException {
        return LeaseFile.open(disk, FOLDER, Sync.ALWAYS);
    }

    private static List<Lease> kept(Disk disk) throws IOException {
        LeaseFile file = open(disk);
        file.close();
        return file.kept();
    }

    @Test
    void whatIsInForceIsThereAgain() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        assertEquals(List.of(), kept(disk));
        assertEquals(List.of(), disk.list(FOLDER), "without a lease there is no file");
        LeaseFile file = open(disk);
        file.begin(List.of(lease("a"), lease("private/\ud83c\udf0a")));
        file.begin(List.of(lease("b"), new Lease("a", 86_400_000, false)));
        file.over(List.of("b"));
        assertEquals(List.of(lease("private/\ud83c\udf0a"), new Lease("a", 86_400_000, false)), kept(disk.afterKill()));
    }

    /** Dies in the first, second, third ... operation until a run gets through. */
    @Test
    void aCrashInAnyOperationLosesNoLeaseThatHadBegun() throws IOException {
        boolean through = false;
        for (int k = 1; !through; k++) {
            MemoryDisk disk = new MemoryDisk(k).crashing(k);
            Set<Lease> begun = new HashSet<>();
            through = run(disk, begun);
            for (MemoryDisk left : List.of(disk.afterKill(), disk.afterPowerCut(k, 512))) {
                assertTrue(kept(left).containsAll(begun), "crash in operation " + k);
            }
        }
    }

    private static boolean run(MemoryDisk disk, Set<Lease> begun) throws IOException {
        try {
            LeaseFile file = open(disk);
            for (int i = 0; i < 5; i++) {
                file.begin(List.of(lease("a" + i), lease("b" + i)));
                begun.add(lease("a" + i));
                file.over(List.of("b" + i));
            }
            return true;
        } catch (MemoryDisk.Crash e) {
            return false;
        }
    }

    @Test
    void whatWasBeingWrittenWhenTheProcessEndedIsNone() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        LeaseFile file = open(disk);
        file.begin(List.of(lease("a")));
        int whole = disk.readAll(FILE).length;
        file.begin(List.of(lease("b")));
        int length = disk.readAll(FILE).length;
        for (int cut = whole; cut < length; cut++) {
            try (Disk.File out = disk.openToWrite(FILE)) {
                out.truncate(cut);
            }
            assertEquals(List.of(lease("a")), kept(disk), "cut at " + cut);
        }
        LeaseFile again = open(disk);
        again.begin(List.of(lease("c")));
        assertEquals(List.of(lease("a"), lease("c")), kept(disk));
    }

    @Test
    void aFullDiskRefusesALeaseAndTheOthersStay() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        LeaseFile file = open(disk);
        file.begin(List.of(lease("a")));
        disk.capacity(0);
        assertThrows(IOException.class, () -> file.begin(List.of(lease("b"))));
        file.over(List.of("a"));
        assertThrows(IOException.class, () -> file.begin(List.of(lease("c"))));
        disk.capacity(Long.MAX_VALUE);
        file.begin(List.of(lease("d")));
        assertEquals(List.of(lease("d")), kept(disk.afterPowerCut(1, 512)));
    }

    @Test
    void theFileDoesNotGrowWithLeasesThatAreOver() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        LeaseFile file = open(disk);
        file.begin(List.of(lease("a")));
        List<String> topics = IntStream.range(0, 100).mapToObj(i -> "run/" + i).toList();
        for (int i = 0; i < 100; i++) {
            file.begin(topics.stream().map(LeaseFileTest::lease).toList());
            file.over(topics);
            assertTrue(disk.readAll(FILE).length < 100_000, "round " + i);
        }
        assertEquals(List.of(lease("a")), kept(disk));
    }
}
