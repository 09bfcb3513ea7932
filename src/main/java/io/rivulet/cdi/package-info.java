/**
 * {@code @Inject RivuletHub} where a container offers CDI: {@link io.rivulet.cdi.HubExtension}. The package knows only
 * the public face of the hub; nothing of the hub knows it, and the WAR has not got it.
 */
package io.rivulet.cdi;
