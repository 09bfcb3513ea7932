package io.rivulet.http.trace;

import io.rivulet.config.IpBlock;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides the address of a client, and is the only place that does. {@code EdgeFilter} asks once for each request;
 * caps, logs and {@code /api/connections} use the result. Immutable, any thread.
 *
 * <p>The address is the peer's own, unless the peer is one of {@code trusted.proxies}. Then it is the last address of
 * {@code X-Forwarded-For}, or of {@code Forwarded} (RFC 7239), that is no such proxy. Anybody may have made up what
 * stands before it, so that is not read. The address is the peer's own again when the header cannot be read, and when
 * the two headers disagree: the proxy may have made only one of them.
 */
public final class ClientAddress {

    private static final String X_FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED = "Forwarded";
    /** A parameter of {@code Forwarded} and what ends it; values as they are met, quoted or not. */
    private static final Pattern PARAMETER =
        Pattern.compile("\\s*([\\w-]+)=(?:\"([^\"\\\\]*)\"|([^\\s\",;]+))\\s*([,;]|$)");
    private static final Pattern WITH_PORT =
        Pattern.compile("(\\[[0-9a-fA-F:.]+]|\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}):\\d{1,5}");

    private final List<IpBlock> trusted;

    /** As the settings say. */
    public ClientAddress(Settings settings) {
        trusted = settings.get(SettingsTable.TRUSTED_PROXIES);
    }

    /** The address of whoever made this request, as text. */
    public String of(HttpServletRequest request) {
        String told = told(request);
        return told == null ? String.valueOf(request.getRemoteAddr()) : told;
    }

    /** The address that a proxy which is trusted tells, as text; null without such a proxy, or where it tells none. */
    public String told(HttpServletRequest request) {
        if (trusted.isEmpty() || !isTrusted(IpBlock.address(String.valueOf(request.getRemoteAddr())))) {
            return null;
        }
        String ofX = joined(request, X_FORWARDED_FOR);
        String ofStandard = joined(request, FORWARDED);
        IpBlock byX = ofX == null ? null : client(List.of(ofX.split(",", -1)));
        IpBlock byStandard = ofStandard == null ? null : client(nodes(ofStandard));
        boolean agreed = ofX == null || ofStandard == null || byX != null && byX.equals(byStandard);
        IpBlock client = byX != null ? byX : byStandard;
        return agreed && client != null ? client.toString() : null;
    }

    private static String joined(HttpServletRequest request, String header) {
        List<String> lines = Collections.list(request.getHeaders(header));
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    /** The last that is no proxy of ours; the first when all are; null when one that matters cannot be read. */
    private IpBlock client(List<String> nodes) {
        IpBlock client = null;
        for (int i = nodes.size() - 1; i >= 0; i--) {
            client = address(nodes.get(i).strip());
            if (client == null || !isTrusted(client)) {
                return client;
            }
        }
        return client;
    }

    /** The values of {@code for}, one for each proxy; with one that cannot be read when the grammar is broken. */
    private static List<String> nodes(String header) {
        List<String> nodes = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(header);
        String node = "";
        int end = 0;
        while (end < header.length() && parameter.find(end) && parameter.start() == end) {
            if (parameter.group(1).toLowerCase(Locale.ROOT).equals("for")) {
                node = parameter.group(2) != null ? parameter.group(2) : parameter.group(3);
            }
            end = parameter.end();
            if (!parameter.group(4).equals(";")) {
                nodes.add(node);
                node = "";
            }
        }
        if (end < header.length()) {
            nodes.add("");
        }
        return nodes;
    }

    /** Of a node as proxies write it: an address, or one with a port; null for anything else, "unknown" too. */
    private static IpBlock address(String node) {
        Matcher port = WITH_PORT.matcher(node);
        return IpBlock.address(port.matches() ? port.group(1) : node);
    }

    private boolean isTrusted(IpBlock address) {
        return address != null && trusted.stream().anyMatch(block -> block.contains(address));
    }
}
