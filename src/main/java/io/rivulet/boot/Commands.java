package io.rivulet.boot;

import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** The command line of the hub's own archive. {@link Launcher} calls it, on the main thread. */
public final class Commands {

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
            out.append(ServeCommand.HELP).append('\n').append(TokenCommand.HELP);
            return ServeCommand.DONE;
        }
        if (all.isEmpty() || all.get(0).startsWith("--")) {
            return ServeCommand.run(all, out, err);
        }
        if (!all.get(0).equals(TOKEN)) {
            err.append("there is no command \"").append(all.get(0)).append("\"\n\n").append(ServeCommand.HELP)
                .append('\n').append(TokenCommand.HELP);
            return ServeCommand.USAGE;
        }
        try {
            Settings settings = Settings.of(HostSettings.ofCommand().sources());
            out.append(TokenCommand.run(all.subList(1, all.size()), settings, InstantSource.system().instant()))
                .append('\n');
            return ServeCommand.DONE;
        } catch (BadSetting | IllegalArgumentException e) {
            err.append("no token: ").append(e.getMessage()).append('\n');
            return ServeCommand.USAGE;
        }
    }
}
