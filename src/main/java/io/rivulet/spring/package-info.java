/**
 * A hub in an application of Spring Boot, of 3.5 or 4: {@link io.rivulet.spring.RivuletAutoConfiguration} installs it
 * when this jar is on the class path. The package knows only the public face of the hub; nothing of the hub knows it,
 * and the WAR has not got it.
 */
package io.rivulet.spring;
