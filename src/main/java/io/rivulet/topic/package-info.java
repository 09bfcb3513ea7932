/** Topics, what matches them, and the index from a topic to those who want it. */
package io.rivulet.topic;
