/**
 * The home page as a browser shows it, and URL Patterns as it reads them: an installed Chromium or Chrome, driven over
 * its DevTools protocol by the JDK's own WebSocket client.
 */
package io.rivulet.browser;
