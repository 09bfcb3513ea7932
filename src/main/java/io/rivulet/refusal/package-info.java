/** How the hub says no. */
package io.rivulet.refusal;
