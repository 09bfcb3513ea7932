/** Very many answers at once, each read by several: a load that one thread makes, and that checks every piece. */
package io.rivulet.bench.answers;
