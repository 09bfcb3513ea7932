package io.rivulet.refusal;

/**
 * How much of something that all share one caller may use up: for bounds on what waits or is in flight.
 *
 * <p>The hard thing is that a share of each caller is not enough: four callers with a quarter each have all of it, and
 * somebody who asks for one small thing is refused. So the last quarter is for those who hold little. That is not
 * enough either where sixty hold a little each. So from some point on what counts as little is a sixteenth of what is
 * free: the more others have taken, the less the next one may take, and there is something left for one more.
 */
public final class LastQuarter {

    private static final int QUARTERS = 4;
    private static final int OF_TOTAL = 512;
    private static final int OF_FREE = 16;

    private LastQuarter() {
    }

    /**
     * Up to where all callers together may use it, for one that holds {@code own} when it has got what it wants.
     *
     * @param total  what there is
     * @param held   what all hold now
     * @param little what counts as little while enough is free, or a part of the total where that is more
     * @param least  what always does
     */
    public static long most(long total, long held, long own, long little, long least) {
        long most = Math.min(Math.max(little, total / OF_TOTAL), (total - held) / OF_FREE);
        return own <= Math.max(least, most) ? total : total - total / QUARTERS;
    }
}
