package io.rivulet.boot;

import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The command line of the hub's own archive. {@link Launcher} calls it, on the main thread. */
public final class Commands {

    /** All went well. */
    public static final int DONE = 0;
    /** The words could not be meant. */
    public static final int USAGE = 2;

    private static final String HELP = """
        Rivulet is deployed to a servlet container; starting a server with java -jar is not built yet.
        This command line knows:

        """;

    private Commands() {
    }

    /**
     * Runs one command.
     *
     * @param words the command line
     * @param out   gets what was asked for, and nothing else
     * @param err   gets what a person should read
     * @return the status of the process
     * @throws IOException when the output cannot be written
     */
    public static int run(String[] words, Appendable out, Appendable err) throws IOException {
        List<String> all = Arrays.asList(words);
        boolean help = all.contains("--help") || all.contains("help");
        if (all.isEmpty() || help || !all.get(0).equals("token")) {
            (help ? out : err).append(HELP).append(TokenCommand.HELP);
            return help ? DONE : USAGE;
        }
        try {
            Settings settings = HostSettings.load(Map.of());
            out.append(TokenCommand.run(all.subList(1, all.size()), settings, InstantSource.system().instant()))
                .append('\n');
            return DONE;
        } catch (BadSetting | IllegalArgumentException e) {
            err.append("no token: ").append(e.getMessage()).append('\n');
            return USAGE;
        }
    }
}
