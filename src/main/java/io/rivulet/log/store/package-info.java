/**
 * Which instance holds the folder of the log. {@link io.rivulet.log.store.StoreKeeper} waits for the lock, opens the
 * log, and gives the folder to a newer instance of the same application.
 */
package io.rivulet.log.store;
