/**
 * Feeds: small sources of real input that publish through the hub like everyone. One thread ({@code rivulet-feed})
 * asks each in turn; a feed works only while somebody listens to its topic, and never has two publishes under way.
 */
package io.rivulet.feed;
