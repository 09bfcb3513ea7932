package io.rivulet.kit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a server is to run.
 *
 * @param war          the WAR, as built
 * @param contextPath  empty for the root
 * @param settings     context parameters, with their whole names
 * @param home         a folder for what the container itself writes
 * @param sendBuffer   bytes of the kernel's send buffer for each connection; 0 leaves it to the kernel
 * @param acceptQueue  connections the kernel may hold until they are accepted
 * @param connections  connections that the connector takes, where it has such a limit; 0 leaves it to the container
 * @param writeTimeout how long a write of HTTP/2 may take, where the container has such a limit; null for its own
 * @param idle         how long the container waits for more of a request; null for a minute
 * @param relaxed      whether the connector lets through what Mercure needs: {@code %2F} in paths, braces in queries
 * @param protocol     what it is asked in; HTTP/1.1 as well
 * @param logins       users whom the container itself knows; with none it asks nobody who they are
 */
record Plan(Path war, String contextPath, Map<String, String> settings, Path home, int sendBuffer, int acceptQueue,
            int connections, Duration writeTimeout, Duration idle, boolean relaxed, Protocol protocol,
            List<Login> logins) {
}
