package io.rivulet.http.operate;

import static io.rivulet.refusal.Refused.Reason.NOT_FOUND;

import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.meter.MeterText;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code /metrics}: the meters of hub and JVM, as Prometheus reads them. It is for operators, since counts tell a rival
 * how much goes on; {@code rivulet.metrics.open} opens it to everybody. It runs in the container's request threads.
 */
public final class MetricsServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final transient MeterText meters;

    /** The servlet of this hub; {@code meters} is null where there are none. */
    public MetricsServlet(HubContext context, MeterText meters) {
        super(context);
        this.meters = meters;
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> answer(request).write(response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private Answer answer(HttpServletRequest request) {
        if (!context().settings().get(SettingsTable.METRICS_OPEN)) {
            context().access().toOperate(request, false);
        }
        if (meters == null) {
            throw Refused.because(NOT_FOUND, "there are no meters: this application comes without Micrometer's "
                + "registry for Prometheus (micrometer-registry-prometheus)");
        }
        String accept = request.getHeader("Accept");
        return new Answer(200, meters.type(accept), meters.text(accept).getBytes(StandardCharsets.UTF_8));
    }
}
