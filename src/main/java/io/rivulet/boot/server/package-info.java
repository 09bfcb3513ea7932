/**
 * The server of {@code java -jar rivulet.war}: {@link io.rivulet.boot.server.OwnServer} is a Jetty that runs the hub
 * alone. Its classes lie in the WAR where no container sees them, so nothing else may name this package but the command
 * that starts it.
 */
package io.rivulet.boot.server;
