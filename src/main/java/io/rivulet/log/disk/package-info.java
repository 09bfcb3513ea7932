/**
 * The log's view of a disk, and the bytes it puts there. {@link io.rivulet.log.disk.Disk} is the seam where tests put
 * faults and power cuts, {@link io.rivulet.log.disk.RealDisk} the machine's own.
 */
package io.rivulet.log.disk;
