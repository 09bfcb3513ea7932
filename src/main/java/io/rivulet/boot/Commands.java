package io.rivulet.boot;

import io.rivulet.auth.token.TokenCommand;
import io.rivulet.cluster.Cluster;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.log.archive.LogCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
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
    public static int run(String[] words, PrintStream out, PrintStream err) throws IOException {
        List<String> all = Arrays.asList(words);
        if (all.contains("--help") || all.contains("help")) {
            out.append(help());
            return ServeCommand.DONE;
        }
        if (all.isEmpty() || all.get(0).startsWith("--")) {
            return ServeCommand.run(all, out, err);
        }
        if (all.get(0).equals(LogCommand.NAME)) {
            return log(all.subList(1, all.size()), out, err);
        }
        if (!all.get(0).equals(TOKEN)) {
            err.append("there is no command \"").append(all.get(0)).append("\"\n\n").append(help());
            return ServeCommand.USAGE;
        }
        return token(all.subList(1, all.size()), out, err);
    }

    private static String help() {
        return HELP + '\n' + TokenCommand.HELP + '\n' + LogCommand.HELP;
    }

    private static int log(List<String> words, PrintStream out, PrintStream err) {
        try {
            List<String> own = words.stream().filter(LogCommand::isOwn).toList();
            Settings settings = Settings.of(
                ServeCommand.sources(words.stream().filter(word -> !LogCommand.isOwn(word)).toList()).sources());
            if (settings.get(SettingsTable.ENGINE) != SettingsTable.Engine.EMBEDDED) {
                return new LogCommand(Cluster.archive(settings), System.in, out, err).run(own);
            }
            Path folder = Path.of(settings.get(SettingsTable.DATA_DIR).orElseThrow()).toAbsolutePath().normalize();
            if (LogCommand.isImport(own)) {
                DataFolder.make(folder);
            }
            return new LogCommand(folder, settings, System.in, out, err).run(own);
        } catch (BadSetting e) {
            err.append(e.getMessage()).append('\n');
            return ServeCommand.USAGE;
        } catch (IOException e) {
            err.append("the folder cannot be made: ").append(e.toString()).append('\n');
            return ServeCommand.FAILED;
        }
    }

    private static int token(List<String> words, PrintStream out, PrintStream err) {
        try {
            Settings settings = Settings.of(HostSettings.ofCommand().sources());
            List<String> warnings = new ArrayList<>();
            out.append(TokenCommand.run(words, settings, InstantSource.system().instant(),
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
