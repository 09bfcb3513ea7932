/** What the tests stand on: a server with the built WAR, clients that see every byte, and waiting without sleeping. */
package io.rivulet.kit;
