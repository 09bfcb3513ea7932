/** What objects weigh in memory: the one arithmetic by which caches and caps count bytes. */
package io.rivulet.heap;
