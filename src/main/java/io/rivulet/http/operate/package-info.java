/**
 * The doors for operators: open streams, bans, explained tokens and health. {@link io.rivulet.http.operate.SlashCheck}
 * asks the connector at the start whether it lets encoded slashes through, and warns in the log.
 */
package io.rivulet.http.operate;
