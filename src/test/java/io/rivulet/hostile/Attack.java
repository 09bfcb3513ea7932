package io.rivulet.hostile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A kind of attack. One go of it takes seconds at most; what it leaves open the attacker holds for a while.
 *
 * @param name as it is told, and as {@code -Dhostile.kinds} chooses it
 * @param go   one go
 */
record Attack(String name, Go go) {

    /** What an attacker does. */
    interface Go {
        /** An IOException is an answer like any other: the hub has hung up. */
        void by(Attacker me) throws IOException;
    }

    /** Every kind. */
    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(PatternAttacks.all());
        all.addAll(ReadingAttacks.all());
        all.addAll(BodyAttacks.all());
        all.addAll(WireAttacks.all());
        return all;
    }
}
