/** The Mercure protocol, requirement by requirement, as text on the wire; method names carry the requirements' ids. */
package io.rivulet.mercure;
