/**
 * Strangers who want to hurt the hub, and honest clients who must not notice. Three processes: the hub
 * ({@code HubProcess}), the attackers ({@code Attackers}, one thread and one address each), and the test itself with
 * the honest crowd ({@code Honest}), which judges. {@code HostileIT} plays it: {@code mvn verify -Phostile}.
 */
package io.rivulet.hostile;
