/** The examples of the project, built and driven as their readers would: {@code mvn verify -Pexamples}. */
package io.rivulet.examples;
