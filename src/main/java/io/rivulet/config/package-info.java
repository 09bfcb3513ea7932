/** The settings: one table, four sources, checked before anything starts. */
package io.rivulet.config;
