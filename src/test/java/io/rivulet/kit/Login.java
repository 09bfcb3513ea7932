package io.rivulet.kit;

import java.util.List;

/**
 * A user whom the container itself knows, by HTTP Basic.
 *
 * @param name     as the container tells it
 * @param password in clear
 * @param roles    the container's
 */
record Login(String name, String password, List<String> roles) {
}
