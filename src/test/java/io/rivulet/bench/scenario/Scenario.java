package io.rivulet.bench.scenario;

import io.rivulet.bench.Lab;
import java.io.IOException;

/** One question, with its table. */
public interface Scenario {

    /** Measures, and adds to the report. */
    void run(Lab lab) throws IOException;
}
