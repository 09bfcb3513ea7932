/** Who asks, and what they may. */
package io.rivulet.auth;
