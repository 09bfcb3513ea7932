/**
 * The log as a text that can be kept, looked at and moved: the command {@code log} of the hub's archive. It works on a
 * folder that no hub has open.
 */
package io.rivulet.log.archive;
