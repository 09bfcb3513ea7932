// The lines that repair what the doctor finds. They are the same as in docs/doctor.md, which a test keeps so: between the
// marks stands JSON.

export const REPAIRS = /* from here */ [
  {
    "fault": "held", "title": "The stream is held back", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["proxy_http_version 1.1;", "proxy_buffering off;", "gzip off;"] },
      { "for": "nginx behind another nginx", "kind": "nginx", "text": ["proxy_pass_header X-Accel-Buffering;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["option http-no-delay"] },
      { "for": "Apache", "kind": "apache", "text": ["SetEnvIf Accept text/event-stream no-gzip",
        "# and none of mod_buffer, mod_substitute, mod_proxy_html for streams"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["@page not header Accept *text/event-stream*", "encode @page gzip"] },
      { "for": "Traefik", "kind": "yaml", "text": ["http:", "  middlewares:", "    compress:", "      compress:",
        "        excludedContentTypes: [text/event-stream]", "# and no middleware buffering at the router of the hub"] },
      { "for": "Tomcat", "kind": "xml", "text": ["<Connector port=\"8080\" compression=\"on\"",
        "    compressibleMimeType=\"text/html,text/css,text/javascript,application/json\"/>"] },
      { "for": "Jetty", "kind": "ini", "text": ["jetty.gzip.excludedMimeTypeList=text/event-stream"] },
      { "for": "Cloudflare", "kind": "sh", "text": [
        "curl -X PATCH -H \"Authorization: Bearer $CLOUDFLARE\" -H 'Content-Type: application/json' -d '{\"value\":\"off\"}' \\",
        "     https://api.cloudflare.com/client/v4/zones/$ZONE/settings/response_buffering"] }
    ]
  },
  {
    "fault": "late", "title": "Each event is late", "lines": [
      { "for": "HAProxy", "kind": "haproxy", "text": ["option http-no-delay"] },
      { "for": "nginx", "kind": "nginx", "text": ["proxy_buffering off;", "tcp_nodelay on;"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["reverse_proxy 127.0.0.1:8080 {", "    flush_interval -1", "}"] },
      { "for": "Traefik", "kind": "yaml", "text": ["http:", "  services:", "    hub:", "      loadBalancer:",
        "        servers: [{url: \"http://127.0.0.1:8080\"}]", "        responseForwarding: {flushInterval: -1ms}"] }
    ]
  },
  {
    "fault": "compressed", "title": "The stream is compressed", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["gzip off;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["compression type text/html text/css text/javascript application/json"] },
      { "for": "Apache", "kind": "apache", "text": ["SetEnvIf Accept text/event-stream no-gzip"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["@page not header Accept *text/event-stream*", "encode @page gzip"] },
      { "for": "Traefik", "kind": "yaml", "text": ["http:", "  middlewares:", "    compress:", "      compress:",
        "        excludedContentTypes: [text/event-stream]"] },
      { "for": "Tomcat", "kind": "xml", "text": ["<Connector port=\"8080\" compression=\"on\"",
        "    compressibleMimeType=\"text/html,text/css,text/javascript,application/json\"/>"] },
      { "for": "Jetty", "kind": "ini", "text": ["jetty.gzip.excludedMimeTypeList=text/event-stream"] }
    ]
  },
  {
    "fault": "cut", "title": "Streams are cut", "lines": [
      { "for": "the hub, where silence is cut", "kind": "properties", "text": ["rivulet.heartbeat=5s"] },
      { "for": "the hub, where age is cut after 30 s", "kind": "properties", "text": ["rivulet.connection.max.age=25s"] },
      { "for": "nginx", "kind": "nginx", "text": ["proxy_read_timeout 60s;", "send_timeout 60s;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["timeout client 60s", "timeout server 60s"] },
      { "for": "Apache", "kind": "apache", "text": ["ProxyPass \"/\" \"http://127.0.0.1:8080/\" retry=0 timeout=60"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["{", "    servers {", "        timeouts {", "            write 0",
        "        }", "    }", "}"] },
      { "for": "Traefik", "kind": "yaml", "text": ["entryPoints:", "  web:", "    address: \":80\"", "    transport:",
        "      respondingTimeouts: {writeTimeout: 0}"] },
      { "for": "Tomcat", "kind": "xml", "text": ["<Connector port=\"8080\" connectionTimeout=\"60000\"/>"] },
      { "for": "Jetty", "kind": "ini", "text": ["jetty.http.idleTimeout=60000"] },
      { "for": "Cloudflare, which cuts after 100 silent seconds", "kind": "properties", "text": ["rivulet.heartbeat=15s"] }
    ]
  },
  {
    "fault": "cursor", "title": "The cursor is lost", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["proxy_pass_request_headers on;",
        "proxy_set_header Last-Event-ID $http_last_event_id;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["# take this line away", "http-request del-header Last-Event-ID"] },
      { "for": "Apache", "kind": "apache", "text": ["# take this line away", "RequestHeader unset Last-Event-ID"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["# take this line away", "header_up -Last-Event-ID"] },
      { "for": "Traefik", "kind": "yaml", "text": ["# take this entry away", "customRequestHeaders: {Last-Event-ID: \"\"}"] }
    ]
  },
  {
    "fault": "several", "title": "The hub does not know its own id", "lines": [
      { "for": "nginx, one hub at a time", "kind": "nginx", "text": ["upstream hub {", "    server 10.0.0.1:8080;",
        "    server 10.0.0.2:8080 backup;", "}"] },
      { "for": "HAProxy, one hub at a time", "kind": "haproxy", "text": ["server one 10.0.0.1:8080 check",
        "server two 10.0.0.2:8080 check backup"] }
    ]
  },
  {
    "fault": "cached", "title": "An answer is kept or changed", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["proxy_cache off;", "# and no proxy_ignore_headers Cache-Control, no proxy_hide_header"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["# take this line away", "http-request cache-use pages"] },
      { "for": "Apache", "kind": "apache", "text": ["CacheDisable \"/api\""] },
      { "for": "Cloudflare, a cache rule", "kind": "text", "text": ["When URI Path starts with /api/ then Bypass cache"] }
    ]
  },
  {
    "fault": "cors", "title": "Others answer for the hub", "lines": [
      { "for": "the hub", "kind": "properties", "text": ["rivulet.cors.origins=https://app.example.com"] },
      { "for": "nginx", "kind": "nginx", "text": ["# take these lines away", "add_header Access-Control-Allow-Origin *;",
        "if ($request_method = OPTIONS) { return 204; }"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["# take this line away",
        "http-response set-header Access-Control-Allow-Origin *"] },
      { "for": "Apache", "kind": "apache", "text": ["# take this line away", "Header set Access-Control-Allow-Origin *"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["# take this line away", "header Access-Control-Allow-Origin *"] },
      { "for": "Traefik", "kind": "yaml", "text": ["# take this entry away", "accessControlAllowOriginList: [\"*\"]"] },
      { "for": "Tomcat", "kind": "xml", "text": ["<!-- take this class away from conf/web.xml -->",
        "<filter-class>org.apache.catalina.filters.CorsFilter</filter-class>"] }
    ]
  },
  {
    "fault": "http1", "title": "HTTP/2 would let more pages in", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["listen 443 ssl;", "http2 on;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["bind :443 ssl crt /etc/haproxy/site.pem alpn h2,http/1.1"] },
      { "for": "Apache", "kind": "apache", "text": ["Protocols h2 http/1.1"] },
      { "for": "Caddy, which then does it by itself", "kind": "caddyfile", "text": ["example.com {",
        "    reverse_proxy 127.0.0.1:8080", "}"] },
      { "for": "Traefik, which then does it by itself", "kind": "yaml", "text": ["entryPoints:", "  websecure:",
        "    address: \":443\"", "    http: {tls: {}}"] },
      { "for": "Tomcat", "kind": "xml", "text": ["<UpgradeProtocol className=\"org.apache.coyote.http2.Http2Protocol\"/>"] },
      { "for": "Jetty", "kind": "sh", "text": ["java -jar $JETTY_HOME/start.jar --add-modules=ssl,http2"] }
    ]
  },
  {
    "fault": "name", "title": "The hub is asked by another name", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-Proto $scheme;"] },
      { "for": "HAProxy, which ends TLS", "kind": "haproxy", "text": ["http-request set-header X-Forwarded-Proto https if { ssl_fc }"] },
      { "for": "Apache", "kind": "apache", "text": ["ProxyPreserveHost On",
        "RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\""] },
      { "for": "Tomcat behind one that ends TLS", "kind": "xml", "text": [
        "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\" protocolHeader=\"X-Forwarded-Proto\"/>"] },
      { "for": "Jetty behind one that ends TLS", "kind": "sh", "text": ["java -jar $JETTY_HOME/start.jar --add-modules=http-forwarded"] }
    ]
  },
  {
    "fault": "down", "title": "The proxy does not reach the hub", "lines": [
      { "for": "nginx", "kind": "nginx", "text": ["proxy_pass http://127.0.0.1:8080;"] },
      { "for": "HAProxy", "kind": "haproxy", "text": ["server hub 127.0.0.1:8080"] },
      { "for": "Apache", "kind": "apache", "text": ["ProxyPass \"/\" \"http://127.0.0.1:8080/\" retry=0"] },
      { "for": "Caddy", "kind": "caddyfile", "text": ["reverse_proxy 127.0.0.1:8080"] }
    ]
  }
] /* to here */
