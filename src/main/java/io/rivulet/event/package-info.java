/** An event, its id, its place and its bytes on the wire. */
package io.rivulet.event;
