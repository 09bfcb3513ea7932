package io.rivulet.boot;

import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of the hub's own archive. {@link Launcher} calls it, on the main thread. */
public final class Commands {

    /** For a person at a shell. */
    private static final String HELP = """
        java -jar rivulet.war [--KEY=VALUE ...]
            serves at http://localhost:8080/. Each setting may be given: --port=8081 --data.dir=/var/lib/rivulet.
            Else it is looked for in system properties (-D%1$s=8081 before -jar), the environment (%2$s=8081)
            and the file rivulet.properties of this folder, or the one that RIVULET_CONFIG names.
            Without data.dir the log is in the folder rivulet-data below this one. Where nothing says otherwise, the hub
            is in dev mode: only programs of your account on this machine reach it, and they may do everything.
        java -jar rivulet.war --check [--KEY=VALUE ...]
            says whether the settings can be meant, and where each comes from; starts nothing.
        """.formatted(SettingsTable.PORT.fullKey(), SettingsTable.PORT.environmentKey());

    private static final String TOKEN = "token";

    private Commands() {
    }

    /**
     * Runs one command; without words it serves until the process is told to end.
     *
     * @param words the command line
     * @param out   gets what was asked for, and nothing else
     * @param err   gets what a person should read
     * @return the status of the process
     * @throws IOException when the output cannot be written
     */
    public static int run(String[] words, Appendable out, Appendable err) throws IOException {
        List<String> all = Arrays.asList(words);
        if (all.contains("--help") || all.contains("help")) {
            out.append(HELP).append('\n').append(TokenCommand.HELP);
            return ServeCommand.DONE;
        }
        if (all.isEmpty() || all.get(0).startsWith("--")) {
            return ServeCommand.run(all, out, err);
        }
        if (!all.get(0).equals(TOKEN)) {
            err.append("there is no command \"").append(all.get(0)).append("\"\n\n").append(HELP)
                .append('\n').append(TokenCommand.HELP);
            return ServeCommand.USAGE;
        }
        try {
            Settings settings = Settings.of(HostSettings.ofCommand().sources());
            List<String> warnings = new ArrayList<>();
            out.append(TokenCommand.run(all.subList(1, all.size()), settings, InstantSource.system().instant(),
                warnings::add)).append('\n');
            for (String warning : warnings) {
                err.append("warning: ").append(warning).append('\n');
            }
            return ServeCommand.DONE;
        } catch (BadSetting | IllegalArgumentException e) {
            err.append("no token: ").append(e.getMessage()).append('\n');
            return ServeCommand.USAGE;
        }
    }
}
