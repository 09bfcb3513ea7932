package io.rivulet.log;

/**
 * How much a log holds at one moment, for those who watch it. Immutable, any thread.
 *
 * @param bytes    on the disk, with the files beside
 * @param events   that can be read
 * @param segments its files
 * @param ageMs    of the oldest event; 0 where there is none
 */
public record LogSize(long bytes, long events, int segments, long ageMs) {
}
