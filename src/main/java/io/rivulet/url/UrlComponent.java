package io.rivulet.url;

/** The parts of a URL that a pattern matches one by one, in the order of the standard. */
enum UrlComponent {
    PROTOCOL, USERNAME, PASSWORD, HOSTNAME, PORT, PATHNAME, SEARCH, HASH;

    /** The text of a URL that a pattern is compared with here. */
    String of(Url url) {
        return switch (this) {
            case PROTOCOL -> url.scheme();
            case USERNAME -> url.username();
            case PASSWORD -> url.password();
            case HOSTNAME -> url.hostname();
            case PORT -> url.port();
            case PATHNAME -> url.path();
            case SEARCH -> url.search();
            case HASH -> url.fragment();
        };
    }
}
