package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A killed process and a lost supply, between any two operations of the disk. */
class PowerCutTest {

    private static final int APPENDS = 60;

    /** Dies in the first, second, third ... operation until a run gets through: appends, rolls, seals, trims, opens. */
    @Test
    void aCrashInAnyOperationLosesNothingAcknowledged() throws IOException {
        boolean through = false;
        for (int k = 1; !through; k++) {
            Scenario scenario = new Scenario(Scenario.small("always"), 1);
            MemoryDisk disk = new MemoryDisk(k).crashing(k);
            through = run(scenario, disk);
            scenario.verifyAfter(disk.afterKill());
            scenario.verifyAfter(disk.afterPowerCut(k, 512));
            scenario.verifyAfter(disk.afterPowerCut(-k, 4096));
        }
    }

    /** Two crashes in a row: the second while the first is being healed. */
    @Test
    void aCrashWhileOpeningAfterACrashLosesNothingAcknowledged() throws IOException {
        for (int k = 40; k < 240; k += 3) {
            for (int second = 1; second < 12; second++) {
                Scenario scenario = new Scenario(Scenario.small("always"), 2);
                MemoryDisk disk = new MemoryDisk(k).crashing(k);
                assertFalse(run(scenario, disk));
                MemoryDisk left = (second % 2 == 0 ? disk.afterKill() : disk.afterPowerCut(k, 512)).crashing(second);
                run(scenario, left);
                scenario.verifyAfter(left.afterPowerCut(second, 512));
            }
        }
    }

    private static boolean run(Scenario scenario, MemoryDisk disk) {
        try (TendedLog log = scenario.open(disk)) {
            scenario.work(log, APPENDS);
            return !disk.hasCrashed();
        } catch (MemoryDisk.Crash e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPowerCutLosesNothingThatWasAcknowledged() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            powerCut(seed, new MemoryDisk(seed));
        }
    }

    private static void powerCut(int seed, MemoryDisk disk) throws IOException {
        Scenario scenario = new Scenario(Scenario.small("always"), seed);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 1 + seed % APPENDS);
        scenario.verifyAfter(disk.afterPowerCut(seed, seed % 2 == 0 ? 512 : 4096));
    }

    @Test
    void theSameTestFailsWhenSyncsDoNothing() {
        int failed = 0;
        for (int seed = 0; seed < 300; seed++) {
            try {
                powerCut(seed, new MemoryDisk(seed).withoutForce());
            } catch (IOException | AssertionError e) {
                failed++;
            }
        }
        assertTrue(failed > 250, "seeds that saw the loss: " + failed);
    }

    @Test
    void theEpochRisesWhateverAPowerCutTakes() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Scenario scenario = new Scenario(Scenario.small("always"), seed);
            MemoryDisk disk = new MemoryDisk(seed);
            int before = 0;
            for (int open = 0; open < 4; open++) {
                TendedLog log = scenario.open(disk);
                assertTrue(log.range().epoch() > before, "ids of two histories would share an epoch");
                before = log.range().epoch();
                scenario.append(log);
                disk = disk.afterPowerCut(seed + open, 512);
            }
        }
    }

    /** Without a sync for each group a power cut may take the newest events, but never one from between. */
    @Test
    void whatIsSyncedAtIntervalsLosesAtMostItsEnd() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < 300; seed++) {
            Scenario scenario = new Scenario(Scenario.small(seed % 3 == 0 ? "never" : "interval"), seed);
            MemoryDisk disk = new MemoryDisk(seed);
            TendedLog log = scenario.open(disk);
            long synced = 0;
            for (int i = 0; i < 1 + seed % 20; i++) {
                scenario.work(log, 2);
                if (seed % 3 != 0 && i % 3 == 1) {
                    log.syncNow();
                    synced = log.range().head();
                }
            }
            try (TendedLog after = scenario.open(disk.afterPowerCut(seed, 512))) {
                assertTrue(after.range().head() >= synced, "what was synced is there");
                scenario.verifyPrefix(after);
                lost += after.range().head() < scenario.last() ? 1 : 0;
            }
        }
        assertTrue(lost > 50, "power cuts that cost something: " + lost);
    }
}
