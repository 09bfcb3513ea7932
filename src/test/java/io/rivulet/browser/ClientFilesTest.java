package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The files of the client are made from their source, are as small as they are said to be, and the page that tells of
 * them has their hashes. {@code mvn test -Dtest=ClientFilesTest -Dclient.write} writes files and hashes anew.
 */
class ClientFilesTest {

    private static final Path PAGE = Path.of("docs/client.md");
    private static final boolean WRITES = System.getProperty("client.write") != null;
    private static final int MODULE_BYTES_MAX = 6 * 1024;
    private static final int SCRIPT_BYTES_MAX = 8 * 1024;

    private final Map<String, String> made =
        Map.of("rivulet.js", ClientFiles.module(), "rivulet.es5.js", ClientFiles.script());

    @Test
    void theFilesAreMadeFromTheirSource() throws IOException {
        for (Map.Entry<String, String> file : made.entrySet()) {
            Path path = ClientFiles.FOLDER.resolve(file.getKey());
            if (WRITES) {
                Files.writeString(path, file.getValue());
            }
            assertEquals(file.getValue(), Files.readString(path),
                "write it anew: mvn test -Dtest=ClientFilesTest -Dclient.write");
        }
    }

    @Test
    void theyAreSmall() {
        assertTrue(ClientFiles.gzipped(made.get("rivulet.js")) <= MODULE_BYTES_MAX,
            () -> "rivulet.js has " + ClientFiles.gzipped(made.get("rivulet.js")) + " bytes, gzipped");
        assertTrue(ClientFiles.gzipped(made.get("rivulet.es5.js")) <= SCRIPT_BYTES_MAX,
            () -> "rivulet.es5.js has " + ClientFiles.gzipped(made.get("rivulet.es5.js")) + " bytes, gzipped");
    }

    @Test
    void thePageHasTheirHashes() throws Exception {
        for (Map.Entry<String, String> file : made.entrySet()) {
            byte[] hash = MessageDigest.getInstance("SHA-384")
                .digest(file.getValue().getBytes(StandardCharsets.UTF_8));
            String integrity = "sha384-" + Base64.getEncoder().encodeToString(hash);
            Matcher told = Pattern.compile("(/" + Pattern.quote(file.getKey())
                + "\"[^>]*?integrity=\")(sha384-[\\w+/=]*)", Pattern.DOTALL).matcher(Files.readString(PAGE));
            assertTrue(told.find(), PAGE + " has a script of " + file.getKey() + " with its integrity");
            if (WRITES) {
                Files.writeString(PAGE, told.replaceAll("$1" + integrity));
            } else {
                assertEquals(integrity, told.group(2),
                    "write it anew: mvn test -Dtest=ClientFilesTest -Dclient.write");
            }
        }
    }

    @Test
    void thePackageHasTheVersionOfThisBuildAndEachOfItsFilesIsThere() throws IOException {
        JsonObject json = JsonParser.parseString(Files.readString(ClientFiles.FOLDER.resolve("package.json")))
            .getAsJsonObject();
        Matcher version = Pattern.compile("<version>([^<]*)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find());
        assertEquals(version.group(1), json.get("version").getAsString());
        json.getAsJsonArray("files").forEach(name ->
            assertTrue(Files.exists(ClientFiles.FOLDER.resolve(name.getAsString())), name.getAsString()));
    }

    @Test
    void theTypesHaveWhatTheSourceGivesAndTakes() throws IOException {
        String source = Files.readString(ClientFiles.FOLDER.resolve("source.js"));
        String types = Files.readString(ClientFiles.FOLDER.resolve("rivulet.d.ts"));
        String page = Files.readString(PAGE);
        TreeSet<String> names = new TreeSet<>();
        Pattern.compile("\\b(?:me|o)\\.(\\w+)").matcher(source).results().forEach(found -> names.add(found.group(1)));
        for (String name : names) {
            assertTrue(Pattern.compile("\\b" + name + "[?(:]").matcher(types).find(), "the types have no " + name);
            assertTrue(Pattern.compile("\\b" + name + "\\b").matcher(page).find(), PAGE + " does not tell of " + name);
        }
    }

    @Test
    void whatIsMadeSmallIsTheSame() {
        assertEquals("var e='x // y'\nfunction t(t){return t.value+ +e}",
            ClientFiles.shrink("// about\nvar text = 'x // y'\n\n/** More. */\nfunction plus(value) {\n"
                + "  return value.value + +text\n}\n", false).replace("\n}", "}"));
        assertEquals("a({b:1,c:/'/g})", ClientFiles.shrink("a({\n  b: 1,\n  c: /'/g\n})", false));
        assertEquals("function t(t,n){return function(r){return e+t+n+r}}\nvar e=1\nt()", ClientFiles.shrink(
            "function sum(one, two) {\n  return function (three) {\n    return all + one + two + three\n  }\n}\n"
                + "var all = 1\nsum()", false), "no function hides what it needs");
        String source = "var a = true\nvar b\n// about\nvar c = function (one, two) {\n  return { one: two }\n}\n"
            + "b.map(function (one) {\n  return [one,\n    a]\n})\nfor (var d in c) var f = 1\nvar g = d";
        assertEquals("var e=!0,t,n=function(e,t){return{one:t}}\nt.map(function(t){return[t,e]})\n"
            + "for(var r in n)var o=1\nvar i=r", ClientFiles.shrink(source, false));
        assertEquals("var e=!0,t,n=(e,t)=>{return{one:t}}\nt.map(t=>[t,e])\nfor(var r in n)var o=1\nvar i=r",
            ClientFiles.shrink(source, true));
    }
}
