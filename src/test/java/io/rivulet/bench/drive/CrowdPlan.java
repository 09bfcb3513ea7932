package io.rivulet.bench.drive;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Whom a {@link Crowd} is made of.
 *
 * @param count         subscribers
 * @param path          what each of them asks for, by its number
 * @param group         0 or more: subscribers whose latencies are counted together
 * @param groups        how many groups there are
 * @param streams       numbered streams that may reach one of them; see {@link Mark}
 * @param receiveBuffer bytes of the socket's receive buffer by group; 0 leaves it to the kernel
 * @param comesBack     whether a subscriber whose stream was ended connects again with its last id
 * @param timed         the streams whose latencies are counted
 */
public record CrowdPlan(int count, IntFunction<String> path, IntUnaryOperator group, int groups, int streams,
                        IntUnaryOperator receiveBuffer, boolean comesBack, IntPredicate timed) {

    /** So many equal ones that ask for the path of the target. */
    public static CrowdPlan of(int count, Target target) {
        return new CrowdPlan(count, i -> target.subscribePath(), i -> 0, 1, 32, g -> 0, false, s -> true);
    }

    /** Each asks for its own. */
    public CrowdPlan asking(IntFunction<String> newPath) {
        return new CrowdPlan(count, newPath, group, groups, streams, receiveBuffer, comesBack, timed);
    }

    /** The first {@code size} are group 0, the others group 1. */
    public CrowdPlan split(int size) {
        return new CrowdPlan(count, path, i -> i < size ? 0 : 1, 2, streams, receiveBuffer, comesBack, timed);
    }

    /** So many streams may reach one of them. */
    public CrowdPlan streams(int number) {
        return new CrowdPlan(count, path, group, groups, number, receiveBuffer, comesBack, timed);
    }

    /** Group 1 has receive buffers of so many bytes. */
    public CrowdPlan smallBuffers(int bytes) {
        return new CrowdPlan(count, path, group, groups, streams, g -> g == 1 ? bytes : 0, comesBack, timed);
    }

    /** Who is cut or ended comes back from where it was. */
    public CrowdPlan comingBack() {
        return new CrowdPlan(count, path, group, groups, streams, receiveBuffer, true, timed);
    }

    /** Latencies are those of these streams only; the others are a load. */
    public CrowdPlan timing(IntPredicate which) {
        return new CrowdPlan(count, path, group, groups, streams, receiveBuffer, comesBack, which);
    }
}
