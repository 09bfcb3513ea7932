package io.rivulet.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class JcmdTest {

    @Test
    void theHeapInUseIsThatOfBothGenerations() {
        assertEquals(1_500, Jcmd.used("""
             def new generation   total 9792K, used 500K [0x1, 0x2, 0x3)
              eden space 8704K,   5% used [0x1, 0x2, 0x3)
             tenured generation   total 21888K, used 1000K [0x1, 0x2, 0x3)
             Metaspace       used 80K, committed 256K, reserved 1114112K
            """));
        assertEquals(2_500, Jcmd.used("""
             garbage-first heap   total 262144K, used 2500K [0x1, 0x2)
              region size 1024K, 3 young (3072K), 1 survivors (1024K)
             Metaspace       used 80K, committed 256K, reserved 1114112K
            """), "that of G1 is one");
    }

    @Test
    void theCompilerIsDoneWhenNothingIsCompiledAndNothingWaits() {
        assertFalse(Jcmd.isCompiling("""
            5200:
            Current compiles:\s

            C1 compile queue:
            Empty

            C2 compile queue:
            Empty

            """));
        assertFalse(Jcmd.isCompiling("5200:\nCurrent compiles: \n\nC1 compile queue:\nEmpty\n\n"));
        assertTrue(Jcmd.isCompiling("""
            5200:
            Current compiles:
            C2 CompilerThread0  1520   4       java.util.HashMap::get (23 bytes)

            C1 compile queue:
            Empty

            C2 compile queue:
            Empty
            """));
        assertTrue(Jcmd.isCompiling("""
            5200:
            Current compiles:

            C1 compile queue:
            Empty

            C2 compile queue:
               1521   4       java.util.HashMap::put (13 bytes)
            """));
    }
}
