/** URLs and URL Patterns as the WHATWG reads them, for topics: parsing, resolving, matching in linear time. */
package io.rivulet.url;
