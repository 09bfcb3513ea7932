package io.rivulet.boot;

import com.google.gson.JsonObject;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Roles;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.feed.Feeds;
import io.rivulet.http.EdgeFilter;
import io.rivulet.http.ErrorServlet;
import io.rivulet.http.HubContext;
import io.rivulet.http.Problem;
import io.rivulet.http.StoreStatus;
import io.rivulet.http.access.Access;
import io.rivulet.http.access.Cors;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.mercure.MercureServlet;
import io.rivulet.http.mercure.MetadataServlet;
import io.rivulet.http.mercure.SubscriptionsServlet;
import io.rivulet.http.operate.BansServlet;
import io.rivulet.http.operate.ConnectionsServlet;
import io.rivulet.http.operate.DrainServlet;
import io.rivulet.http.operate.ExplainServlet;
import io.rivulet.http.operate.HealthServlet;
import io.rivulet.http.operate.MetricsServlet;
import io.rivulet.http.operate.NodesServlet;
import io.rivulet.http.operate.SlashCheck;
import io.rivulet.http.operate.TokensServlet;
import io.rivulet.http.page.ClientServlet;
import io.rivulet.http.page.HomeFiles;
import io.rivulet.http.page.HomeServlet;
import io.rivulet.http.publish.LinePublishes;
import io.rivulet.http.respond.RespondDoor;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.http.trace.ClientAddress;
import io.rivulet.http.trace.LogLines;
import io.rivulet.http.updates.CancelServlet;
import io.rivulet.http.updates.EventsServlet;
import io.rivulet.http.updates.ProducersServlet;
import io.rivulet.http.updates.TopicsServlet;
import io.rivulet.http.updates.UpdatesServlet;
import io.rivulet.hub.Hub;
import io.rivulet.meter.MeterText;
import io.rivulet.topic.Topic;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The servlets of one hub and the filter before them. {@link Assembly} makes them for every application, tests make
 * them for a hub of their own. {@link #open} registers them by code, which a container allows only while it starts the
 * application. To be closed after the hub. Used by the thread that starts or ends the application.
 */
public final class Doors implements AutoCloseable {

    /** Before the names of servlets and filter: another application may have an "updates" of its own. */
    private static final String NAMES = "rivulet-";
    private static final String MERCURE = Topic.HUB_PATH;
    private static final String METADATA = "/.well-known/oauth-protected-resource" + MERCURE;
    private static final String TOPICS = "/api/topics";
    private static final String CONNECTIONS = "/api/connections";
    private static final String[] HOME = {"", "/index.html"};
    private static final String[] HOME_BELOW = {"", "/", "/index.html"};
    /** Where the context's own path is Mercure's. */
    private static final String[] HOME_BESIDE = {"/index.html"};
    /** At the container's start; the error page is made when it is needed. */
    private static final int AT_START = 1;
    private static final int WHEN_ASKED = -1;

    private final Services services;
    private final Mount mount;
    private final HubContext own;
    private final HubContext mercure;
    private final OpenResponses responses;
    private final PageResponses pages;
    private final LinePublishes lines;
    private final SlashCheck slashes;
    private final RespondDoor respond;
    private final List<String> names = new ArrayList<>();

    /**
     * What the doors lead to; all of it stays the caller's to close.
     *
     * @param settings  in force
     * @param hub       which may still be opening
     * @param clock     the time
     * @param tokens    who issues tokens, and by which keys they are checked
     * @param bans      who is kept out
     * @param accessLog the file of requests, or {@link AccessLog#NONE}
     * @param lines     what goes to loggers, or {@link LogLines#NONE}
     * @param store     whether the store serves
     * @param nodes     what {@code /api/nodes} shows
     * @param meters    what {@code /metrics} shows; null where there are none
     */
    public record Services(Settings settings, Hub hub, InstantSource clock, TokenVerifier tokens, Bans bans,
                       AccessLog accessLog, LogLines lines, StoreStatus store, Supplier<JsonObject> nodes,
                       MeterText meters) {
    }

    /** The doors of a hub at this place; nobody can open them yet. */
    public Doors(Services services, Mount mount) {
        this.services = services;
        this.mount = mount;
        Settings settings = services.settings();
        Hub hub = services.hub();
        hub.bans(services.bans()::isBanned);
        Roles roles = new Roles(settings, hub.topics());
        String metadata = services.tokens().isConfigured()
            ? MetadataServlet.url(hub.topics().hubUrl(), mount.prefix()) : null;
        own = new HubContext(settings, hub, services.clock(),
            new Access(settings, services.tokens(), roles, services.bans()), new Cors(settings),
            new Problem(services.clock(), metadata, hub.metrics()),
            new BytesInFlight(settings.get(SettingsTable.FLIGHT_BYTES)), new CostlyTurns(),
            new WaitingCallers());
        mercure = own.with(new Access(settings, services.tokens(), roles, services.bans(),
            MercureServlet.tokenInQuery(settings)));
        responses = new OpenResponses(settings, hub.metrics());
        pages = new PageResponses(settings, own.flight()::wasScarce, own.callers());
        lines = new LinePublishes(own);
        respond = new RespondDoor(own, responses, new ClientAddress(settings));
        slashes = new SlashCheck(hub.presence().isOn(), mount.prefix() + mount.hub());
    }

    /** Answers requests of the application's own servlets. */
    RespondDoor respond() {
        return respond;
    }

    /**
     * Registers servlets and filter.
     *
     * @param feeds what the home page shows, where there is one
     * @throws IllegalStateException when a name or a path is another servlet's of the application
     */
    public void open(ServletContext application, Feeds feeds) {
        // with and without the slash: an event stream must never be redirected
        add(application, "updates", new UpdatesServlet(own, responses, lines), "/api/updates", "/api/updates/");
        String below = mount.hub();
        add(application, "mercure", new MercureServlet(mercure, responses), paths(below));
        add(application, "subscriptions", new SubscriptionsServlet(mercure, pages, mount.prefix() + below),
            below + "/subscriptions/*");
        add(application, "metadata", new MetadataServlet(own, services.tokens()), METADATA);
        add(application, "events", new EventsServlet(own, pages), "/api/events");
        add(application, "producers", new ProducersServlet(own), "/api/producers/*");
        add(application, "topics", new TopicsServlet(own, pages), TOPICS);
        add(application, "cancel", new CancelServlet(own), TOPICS + "/cancel");
        add(application, "connections",
            new ConnectionsServlet(own, services.bans(), pages, mount.prefix() + CONNECTIONS), CONNECTIONS + "/*");
        add(application, "bans", new BansServlet(own, services.bans(), pages), "/api/bans");
        add(application, "nodes", new NodesServlet(own, services.nodes()), "/api/nodes");
        add(application, "drain", new DrainServlet(own), "/api/drain");
        add(application, "explain", new ExplainServlet(own, services.tokens()), "/api/tokens/explain");
        if (services.settings().get(SettingsTable.DEV)) { // and never outside of it: it makes anybody of anybody
            add(application, "tokens", new TokensServlet(own), "/api/tokens");
        }
        add(application, "health", new HealthServlet(own, services.store()), "/health/*");
        add(application, "metrics", new MetricsServlet(own, services.meters()), "/metrics");
        add(application, "client", new ClientServlet(own), ClientServlet.PATHS);
        if (mount.home()) {
            HomeServlet home = new HomeServlet(own, feeds, mount.prefix(), mount.alone());
            add(application, "home", home,
                below.isEmpty() ? HOME_BESIDE : mount.prefix().isEmpty() ? HOME : HOME_BELOW);
            if (!mount.alone()) {
                add(application, "home-files", new HomeFiles(own), "/home/*");
            }
        }
        addErrors(application);
        if (mount.edge()) {
            addEdge(application);
        }
    }

    /** With the slash and without it; at the root of a context a slash alone would be every path that is nobody's. */
    private String[] paths(String below) {
        return (mount.prefix() + below).isEmpty() ? new String[] {""} : new String[] {below, below + "/"};
    }

    /**
     * Servlet 6.0 has error pages in {@code web.xml} alone. The WAR's names {@code /problem}. Below a prefix nothing
     * reaches the error pages, which are the application's: the hub's servlets answer refusals and faults themselves,
     * and this one has all the other paths.
     */
    private void addErrors(ServletContext application) {
        ErrorServlet errors = new ErrorServlet(own.cors());
        if (mount.alone()) {
            // /io/*: where the class of java -jar lies, no file for anybody
            add(application, "error", WHEN_ASKED, true, errors, "/problem", "/io/*");
        } else if (!mount.prefix().isEmpty()) {
            add(application, "error", WHEN_ASKED, true, errors, "/*");
        }
    }

    private void add(ServletContext application, String name, Servlet servlet, String... paths) {
        add(application, name, AT_START, true, servlet, paths);
    }

    private void add(ServletContext application, String name, int loadOnStartup, boolean async, Servlet servlet,
                     String... paths) {
        ServletRegistration.Dynamic added = application.addServlet(NAMES + name, servlet);
        if (added == null) {
            throw new IllegalStateException("this application has a servlet " + NAMES + name + " already");
        }
        added.setLoadOnStartup(loadOnStartup);
        added.setAsyncSupported(async);
        Set<String> taken = added.addMapping(Arrays.stream(paths).map(mount.prefix()::concat).toArray(String[]::new));
        if (!taken.isEmpty()) {
            throw new IllegalStateException("other servlets of this application have " + taken
                + "; the hub needs another prefix");
        }
        names.add(NAMES + name);
    }

    /** Before the hub's own servlets, and after the filters of the application; in the WAR before everything. */
    private void addEdge(ServletContext application) {
        FilterRegistration.Dynamic added = application.addFilter(NAMES + "edge",
            new EdgeFilter(new ClientAddress(services.settings()), services.accessLog(), services.lines(), own.cors(),
                slashes::at, names::contains, root()));
        if (added == null) {
            throw new IllegalStateException("this application has a filter " + NAMES + "edge already");
        }
        added.setAsyncSupported(true);
        // said out loud: Jetty would add ASYNC, and a request that is dispatched again would be two in the log
        EnumSet<DispatcherType> requests = EnumSet.of(DispatcherType.REQUEST);
        if (mount.alone()) {
            added.addMappingForUrlPatterns(requests, true, "/*");
        } else {
            added.addMappingForServletNames(requests, true, names.toArray(String[]::new));
        }
    }

    /** Which servlet has the path of a context that is the hub's own. */
    private String root() {
        return !mount.alone() ? null : mount.hub().isEmpty() ? NAMES + "mercure" : mount.home() ? NAMES + "home" : null;
    }

    /** Ends the threads of the doors. */
    @Override
    public void close() {
        slashes.close();
        lines.close();
        pages.close();
        responses.close();
    }
}
