/** The built WAR in its containers, seen from outside: what a client sends, and what comes back over the wire. */
package io.rivulet.it;
