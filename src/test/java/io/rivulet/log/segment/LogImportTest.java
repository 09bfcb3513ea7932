package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogEntry;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.disk.MemoryDisk.Op;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A log that is walked over, and one that is made of another one: the whole of it, or nothing, wherever it ends. */
class LogImportTest {

    private final Scenario scenario = new Scenario(Scenario.small("always"), 7);

    /** What a walk has found. */
    private static final class Found implements StoredLog.Visitor {
        private final List<LogEntry> entries = new ArrayList<>();
        private final List<String> damages = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        @Override
        public void event(LogEntry entry) {
            entries.add(entry);
        }

        @Override
        public void damaged(String what) {
            damages.add(what);
        }

        @Override
        public void noted(String what) {
            notes.add(what);
        }
    }

    private static Found walk(MemoryDisk disk) throws IOException {
        Found found = new Found();
        StoredLog.in(Scenario.FOLDER, disk).walk(found);
        return found;
    }

    /** A log of several segments, of which retention has taken some; closed. */
    private MemoryDisk source() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        try (TendedLog log = scenario.open(disk)) {
            scenario.work(log, 40);
            assertTrue(log.range().first() > 1, "retention has taken nothing");
        }
        return disk;
    }

    private void copy(MemoryDisk from, MemoryDisk to) throws IOException {
        StoredLog log = StoredLog.in(Scenario.FOLDER, from);
        try (LogImport into = LogImport.into(Scenario.FOLDER, scenario.options, to, log.store())) {
            for (LogEntry entry : walk(from).entries) {
                into.add(entry);
            }
            into.commit();
        }
    }

    private static List<String> ids(MemoryDisk disk) throws IOException {
        IdSeal seal = StoredLog.in(Scenario.FOLDER, disk).seal();
        return walk(disk).entries.stream().map(entry -> entry.position() + " " + entry.timeMs() + " " + entry.id(seal)
            + " " + entry.placeId(seal) + " " + entry.event().text()).toList();
    }

    @Test
    void theCopyHasTheSameEventsUnderTheSameIdsAndGoesOnLikeTheLogThatItIsACopyOf() throws Exception {
        MemoryDisk from = source();
        MemoryDisk to = new MemoryDisk(2);
        copy(from, to);
        assertEquals(ids(from), ids(to));
        assertEquals(List.of(), walk(to).damages);
        scenario.verifyAfter(to);
        scenario.verifyAfter(from);
    }

    @Test
    void aKillAtAnyStepLeavesTheWholeLogOrNone() throws Exception {
        MemoryDisk from = source();
        long head = scenario.last();
        int whole = 0;
        int none = 0;
        for (int step = 1; ; step++) {
            MemoryDisk to = new MemoryDisk(step).crashing(step);
            try {
                copy(from, to);
                assertFalse(to.hasCrashed());
                break;
            } catch (MemoryDisk.Crash e) {
                for (MemoryDisk left : List.of(to.afterKill(), to.afterPowerCut(step, 512),
                    to.afterPowerCut(-step, 512))) {
                    try (TendedLog log = scenario.open(left)) {
                        assertTrue(log.range().head() == 0 || log.range().head() == head,
                            "step " + step + ": the head is " + log.range().head());
                        whole += log.range().head() == 0 ? 0 : 1;
                        none += log.range().head() == 0 ? 1 : 0;
                        scenario.verifyPrefix(log);
                    }
                    assertTrue(left.files().keySet().stream().noneMatch(name -> name.endsWith(".imported")),
                        left.files().keySet().toString());
                }
            }
        }
        assertTrue(whole > 3 && none > 10, whole + " whole, " + none + " none");
    }

    @Test
    void aDiskThatFailsAtAnyStepLeavesTheWholeLogOrNothingAtAll() throws Exception {
        MemoryDisk from = source();
        for (int step = 1; ; step++) {
            MemoryDisk to = new MemoryDisk(step).failing(Op.ANY, step);
            try {
                copy(from, to);
                if (to.isArmed()) {
                    break;
                }
            } catch (IOException e) {
                if (!to.files().isEmpty()) {
                    assertEquals(ids(from), ids(to), "step " + step);
                }
            }
        }
    }

    @Test
    void aFolderWithALogIsNotTouched() throws Exception {
        MemoryDisk from = source();
        Map<String, byte[]> before = from.files();
        assertTrue(assertThrows(IOException.class, () -> copy(from, from)).getMessage().contains("a log in"));
        assertEquals(before.keySet(), from.files().keySet());
    }

    @Test
    void anEventThatIsNotTheNextOneIsRefused() throws Exception {
        MemoryDisk from = source();
        MemoryDisk to = new MemoryDisk(2);
        List<LogEntry> entries = walk(from).entries;
        try (LogImport into = LogImport.into(Scenario.FOLDER, scenario.options, to,
            StoredLog.in(Scenario.FOLDER, from).store())) {
            into.add(entries.get(0));
            assertThrows(IOException.class, () -> into.add(entries.get(0)));
            assertThrows(IOException.class, () -> into.add(entries.get(2)));
        }
        assertEquals(Map.of(), to.files());
    }

    @Test
    void eachDamagedByteIsFoundAndTheRestIsShown() throws Exception {
        MemoryDisk disk = source();
        Map<String, byte[]> files = disk.files();
        List<LogEntry> all = walk(disk).entries;
        for (String name : files.keySet().stream().filter(name -> name.endsWith(Segment.LOG)).toList()) {
            for (int at = 0; at < files.get(name).length; at += 31) {
                Map<String, byte[]> damaged = new TreeMap<>(files);
                byte[] content = files.get(name).clone();
                content[at] ^= (byte) (1 << at % 8);
                damaged.put(name, content);
                Found found = walk(MemoryDisk.of(damaged));
                String where = name + " at " + at + ": " + found.damages;
                assertFalse(found.damages.isEmpty(), where);
                assertTrue(found.damages.get(0).contains(name) || found.damages.get(0).contains("position"), where);
                assertTrue(found.entries.size() < all.size(), where);
                for (LogEntry entry : found.entries) {
                    assertEquals(scenario.acknowledged.get(entry.position()), entry.event().text(), where);
                }
            }
        }
    }

    @Test
    void aDamagedByteIsNamedByItsFileItsOffsetAndItsPosition() throws Exception {
        MemoryDisk disk = new MemoryDisk(1);
        try (TendedLog log = scenario.open(disk)) {
            scenario.append(log);
            scenario.append(log);
        }
        List<LogEntry> all = walk(disk).entries;
        long second = all.stream().filter(entry -> entry.timeMs() != all.get(0).timeMs()).findFirst().orElseThrow()
            .position();
        byte[] segment = disk.files().get(Segment.name(1));
        segment[Segment.HEADER_BYTES + 10] ^= 1;
        Map<String, byte[]> files = new TreeMap<>(disk.files());
        files.put(Segment.name(1), segment);
        Found found = walk(MemoryDisk.of(files));
        assertTrue(found.damages.get(0).matches(".*" + Segment.name(1) + " is damaged at offset "
            + Segment.HEADER_BYTES + " \\(position 1\\).*"), found.damages.toString());
        assertEquals(second, found.entries.get(0).position());
    }

    @Test
    void aTornTailIsNoDamageAndAMissingSegmentIs() throws Exception {
        MemoryDisk disk = new MemoryDisk(1);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 12);
        Map<String, byte[]> files = new TreeMap<>(disk.afterKill().files());
        String last = new TreeMap<>(files).keySet().stream().filter(name -> name.endsWith(Segment.LOG))
            .reduce((a, b) -> b).orElseThrow();
        byte[] torn = Arrays.copyOf(files.get(last), files.get(last).length + 20);
        files.put(last, torn);
        Found found = walk(MemoryDisk.of(files));
        assertEquals(List.of(), found.damages);
        assertTrue(found.notes.get(0).contains(last + ": the last 20 bytes"), found.notes.toString());
        String between = files.keySet().stream().filter(name -> name.endsWith(Segment.LOG)).skip(1).findFirst()
            .orElseThrow();
        files.remove(between);
        assertTrue(walk(MemoryDisk.of(files)).damages.get(0).contains("are missing"));
        log.close();
    }
}
