/**
 * The settings: one table, four sources, checked before anything starts. {@link io.rivulet.config.SettingsTable} lists
 * the rows, each a {@link io.rivulet.config.Setting} of a {@code Kind}; {@link io.rivulet.config.Settings} are the
 * values in force. A {@link io.rivulet.config.Family} is a group of rows that an operator repeats under other
 * names, such as the issuers of tokens. The start reads the sources; everybody below asks {@code Settings}.
 */
package io.rivulet.config;
