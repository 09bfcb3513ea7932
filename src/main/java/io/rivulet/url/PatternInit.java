package io.rivulet.url;

import java.util.Map;

/**
 * From a pattern's text and a base to the patterns of its components (URL Pattern Standard, sections 1.3 and 1.7).
 * {@link UrlPattern} uses it, for one text on one thread. All components share one budget of instructions.
 */
final class PatternInit {

    private final Map<UrlComponent, String> texts;
    private final StepMeter budget;

    private PatternInit(Map<UrlComponent, String> texts, int length) {
        this.texts = texts;
        budget = new StepMeter(Math.min(ComponentPattern.INSTRUCTIONS_MAX + 2 * length, Character.MAX_VALUE));
    }

    /** All eight, in the order of {@link UrlComponent}. */
    static ComponentPattern[] compile(String text, Url base) throws BadPattern {
        PatternInit init = new PatternInit(ConstructorString.parse(text), text.length());
        // which scheme it is decides how all the rest is read
        if (base == null && !init.texts.containsKey(UrlComponent.PROTOCOL)) {
            throw new BadPattern("a relative pattern without a base");
        }
        if (base != null) {
            init.inherit(base);
        }
        return init.compile();
    }

    /** Components that the pattern leaves out, down to the first that it names, are the base's; never its user. */
    private void inherit(Url base) {
        // each component is inherited only while all before it are: who names a host does not mean the base's path
        boolean named = texts.containsKey(UrlComponent.PROTOCOL);
        String pathname = texts.get(UrlComponent.PATHNAME);
        texts.putIfAbsent(UrlComponent.PROTOCOL, escape(base.scheme()));
        if (!named && !texts.containsKey(UrlComponent.HOSTNAME)) {
            texts.put(UrlComponent.HOSTNAME, escape(base.hostname()));
            if (!texts.containsKey(UrlComponent.PORT)) {
                texts.put(UrlComponent.PORT, base.port());
                if (pathname == null) {
                    texts.put(UrlComponent.PATHNAME, escape(base.path()));
                    if (!texts.containsKey(UrlComponent.SEARCH)) {
                        texts.put(UrlComponent.SEARCH, escape(base.query()));
                        texts.putIfAbsent(UrlComponent.HASH, escape(base.fragment()));
                    }
                }
            }
        }
        // a relative path is relative to the folder of the base
        if (pathname != null && !base.hasOpaquePath() && !isAbsolute(pathname)) {
            String folder = escape(base.path());
            texts.put(UrlComponent.PATHNAME, folder.substring(0, folder.lastIndexOf('/') + 1) + pathname);
        }
    }

    private static boolean isAbsolute(String pathname) {
        return pathname.startsWith("/") || pathname.startsWith("\\/") || pathname.startsWith("{/");
    }

    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            // what the base has literally must not become a part of the pattern's syntax
            if ("+*?:{}()\\".indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    private ComponentPattern[] compile() throws BadPattern {
        String scheme = without(UrlComponent.PROTOCOL, ':', false);
        String port = texts.getOrDefault(UrlComponent.PORT, "*");
        if ("".equals(UrlParser.port(port, scheme))) {
            // the scheme's own port, which a parsed URL does not name
            port = "";
        }
        ComponentPattern protocol = ComponentPattern.protocol(scheme);
        String hostname = texts.getOrDefault(UrlComponent.HOSTNAME, "*");
        // a colon in an address in brackets is no name; the standard looks at these beginnings only
        boolean v6 = hostname.startsWith("[") || hostname.startsWith("{[") || hostname.startsWith("\\[");
        String pathname = texts.getOrDefault(UrlComponent.PATHNAME, "*");
        return new ComponentPattern[] {
            protocol,
            simple(texts.getOrDefault(UrlComponent.USERNAME, "*"), PercentEncoding.USERINFO::encode),
            simple(texts.getOrDefault(UrlComponent.PASSWORD, "*"), PercentEncoding.USERINFO::encode),
            ComponentPattern.compile(hostname, '.', (char) 0, v6 ? Canonical::v6Hostname : Canonical::hostname, budget),
            simple(port, Canonical::port),
            // only paths of special schemes have segments, so that ":id" ends at a slash
            protocol.matchesSpecialScheme() ? ComponentPattern.compile(pathname, '/', '/', Canonical::pathname, budget)
                : simple(pathname, Canonical::opaquePathname),
            simple(without(UrlComponent.SEARCH, '?', true), Canonical::search),
            simple(without(UrlComponent.HASH, '#', true), Canonical::hash)};
    }

    private ComponentPattern simple(String text, PatternParser.Encoding encoding) throws BadPattern {
        return ComponentPattern.compile(text, (char) 0, (char) 0, encoding, budget);
    }

    /** The text without the mark that may stand before or after it. */
    private String without(UrlComponent component, char mark, boolean before) {
        String text = texts.getOrDefault(component, "*");
        if (before) {
            return text.indexOf(mark) == 0 ? text.substring(1) : text;
        }
        return text.endsWith(String.valueOf(mark)) ? text.substring(0, text.length() - 1) : text;
    }
}
