/**
 * How a hub starts: {@link io.rivulet.boot.Assembly} is the one wiring. {@link io.rivulet.boot.Doors} registers its
 * servlets where {@link io.rivulet.boot.Mount} says. {@code ContainerSettings} and
 * {@code DataFolder} find what it starts from; {@code Capacity}, {@code WriteLimit} and {@code Greeting} say what came
 * of it. {@link io.rivulet.boot.Launcher} is the command line of the archive.
 */
package io.rivulet.boot;
