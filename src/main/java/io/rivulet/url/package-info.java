/**
 * URLs and URL Patterns as the WHATWG reads them: parsing, resolving, matching in linear time. The topics use it: a
 * {@link io.rivulet.url.UrlPattern} is compared with a topic that was parsed as a {@link io.rivulet.url.Url}.
 *
 * <pre>
 *   URL:      Url.parse ──▶ UrlParser ──▶ Host ─ Domain, IpAddress; PercentEncoding
 *   pattern:  UrlPattern ──▶ PatternInit ──▶ ConstructorString: the texts of the components
 *                                       └──▶ ComponentPattern ─ PatternParser ─ RegexpParser ──▶ Automaton
 * </pre>
 */
package io.rivulet.url;
