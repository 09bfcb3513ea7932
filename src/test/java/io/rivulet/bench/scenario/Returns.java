package io.rivulet.bench.scenario;

import io.rivulet.bench.Lab;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What those who come back to nodes cost the engine, by itself: {@link Cluster} measures it among all the rest. */
public final class Returns implements Scenario {

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        List<Team> teams = new ArrayList<>();
        try {
            Cluster.startNodes(lab, teams);
            ClusterReturns.run(lab, teams);
        } finally {
            teams.forEach(Team::close);
        }
    }
}
