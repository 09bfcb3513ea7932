/**
 * The home page as a browser shows it: an installed Chromium or Chrome, driven over its DevTools protocol by the
 * JDK's own WebSocket client.
 */
package io.rivulet.browser;
