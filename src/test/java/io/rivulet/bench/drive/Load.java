package io.rivulet.bench.drive;

/**
 * How is published.
 *
 * @param publishers    connections, each with a thread
 * @param ratePerSecond events a second over all of them; 0 for a closed loop: each publishes as soon as its last event
 *                      has been answered and, where there is a crowd, has reached it
 * @param size          bytes of an event's data, at least a mark
 * @param aim           where to
 * @param limit         events of each publisher; 0 for no end
 */
public record Load(int publishers, double ratePerSecond, int size, Aim aim, long limit) {

    /** A closed loop. */
    public static Load closed(int publishers, int size, Target target) {
        return new Load(publishers, 0, size, Aim.at(target), 0);
    }

    /** One publisher that sends so many, each as soon as the one before was answered. */
    public static Load only(long count, int size, Aim aim) {
        return new Load(1, 0, size, aim, count);
    }

    /** One publisher at a fixed rate. */
    public static Load rate(double perSecond, int size, Target target) {
        return new Load(1, perSecond, size, Aim.at(target), 0);
    }
}
