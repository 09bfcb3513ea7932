package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Roles;
import io.rivulet.auth.Use;
import io.rivulet.config.Settings;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokens and roles of the documents, as a reader copies them: each is made, and grants what the text says. */
class DocumentedRightsTest {

    private static final String[] HUB = {"resource", "https://example.com/.well-known/mercure", "token.issuer",
        "https://example.com", "token.key", Jwt.SECRET};
    private static final Pattern COMMAND = Pattern.compile("rivulet\\.war token ((?:\\\\\\n|[^\\n)])+)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    Path folder;

    @Test
    void everyTokenCommandMakesATokenThatTheHubOfThePageTakes() throws IOException {
        List<String> warnings = new ArrayList<>();
        Grant readme = only(grants("README.md", warnings));
        assertTrue(readme.mayPublish(List.of("news")) && !readme.mayPublish(List.of("other")));
        Grant tokens = only(grants("docs/tokens.md", warnings));
        assertTrue(tokens.mayPublish(List.of("news")) && tokens.maySeePrivate(List.of("jobs/42")));
        assertFalse(tokens.maySeePrivate(List.of("jobs/42/log")) || tokens.readsAll());
        Grant mercure = only(grants("docs/mercure.md", warnings));
        assertTrue(mercure.publishes().all() && mercure.maySeePrivate(List.of("https://example.com/books/7")));
        assertEquals(List.of(), warnings);
    }

    @Test
    void theRolesGrantNamesBeginningsAndTemplates() throws IOException {
        List<String> settings = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("docs/tokens.md"))) {
            if (line.startsWith("rivulet.role.")) {
                settings.addAll(List.of(line.substring("rivulet.".length()).split("=", 2)));
            }
        }
        Roles roles = new Roles(Settings.with(settings.toArray(String[]::new)), TopicSpace.of(HUB[1]));
        Grant editor = roles.grant("ann", "editor"::equals);
        assertTrue(editor.mayPublish(List.of("news", "quotes/a/b", "jobs/42")) && editor.readsAll());
        assertFalse(editor.mayPublish(List.of("clock")) || editor.operates());
        assertTrue(roles.grant("olga", "admin"::equals).operates());
    }

    private static Grant only(List<Grant> grants) {
        assertEquals(1, grants.size());
        return grants.get(0);
    }

    private List<Grant> grants(String page, List<String> warnings) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), Jwt.SECRET);
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(Jwt.NOW));
        List<Grant> grants = new ArrayList<>();
        Matcher command = COMMAND.matcher(Files.readString(Path.of(page)));
        try (TokenVerifier hub = TokenVerifier.of(Settings.with(HUB), TopicSpace.of(HUB[1]), clock)) {
            while (command.find()) {
                List<String> words = new ArrayList<>();
                Matcher word = WORD.matcher(command.group(1).replace("\\\n", " "));
                while (word.find()) {
                    words.add(word.group(1) != null ? word.group(1) : word.group(2).replace("secret.txt",
                        secret.toString()));
                }
                if (words.get(0).startsWith("--")) { // not one that a sentence only names
                    grants.add(hub.verify(TokenCommand.run(words, Settings.with(), clock.instant(), warnings::add),
                        Use.SUBSCRIBE));
                }
            }
        }
        return grants;
    }
}
