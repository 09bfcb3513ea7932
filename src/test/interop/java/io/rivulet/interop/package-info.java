/**
 * The hub as its real clients meet it: each starts as its documentation shows, keeps its own defaults, and tells what
 * happens to it; the same is expected of all. Compiled and run by {@code mvn verify -Pinterop} alone.
 */
package io.rivulet.interop;
