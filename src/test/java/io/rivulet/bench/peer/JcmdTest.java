package io.rivulet.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    }
}
