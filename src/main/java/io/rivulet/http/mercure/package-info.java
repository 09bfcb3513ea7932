/**
 * The doors of the Mercure protocol: the hub at {@code /.well-known/mercure}, its active subscriptions, and the
 * metadata that tells clients who issues tokens. {@link io.rivulet.http.mercure.MercureLinkFilter} is for other
 * applications, which announce the hub with it.
 */
package io.rivulet.http.mercure;
