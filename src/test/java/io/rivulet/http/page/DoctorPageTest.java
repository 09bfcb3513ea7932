package io.rivulet.http.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the page Doctor shows is what docs/doctor.md says. */
class DoctorPageTest {

    private static final Path HOME = Path.of("src/main/webapp/home");
    private static final Pattern BLOCK = Pattern.compile("(?s)([^\n]+):\n\n```(\\w+)\n(.*?)\n```");

    private static List<JsonObject> repairs() throws IOException {
        String script = Files.readString(HOME.resolve("repairs.js"));
        Matcher json = Pattern.compile("(?s)/\\* from here \\*/(.*)/\\* to here \\*/").matcher(script);
        assertTrue(json.find(), "repairs.js has no marks");
        List<JsonObject> repairs = new ArrayList<>();
        JsonParser.parseString(json.group(1)).getAsJsonArray().forEach(each -> repairs.add(each.getAsJsonObject()));
        return repairs;
    }

    @Test
    void theLinesOfThePageAreThoseOfTheManualAndTheOtherWayRound() throws IOException {
        String manual = Files.readString(Path.of("docs/doctor.md"));
        for (JsonObject repair : repairs()) {
            String title = repair.get("title").getAsString();
            Matcher section = Pattern.compile("(?s)\n## " + Pattern.quote(title) + "\n(.*?)(?=\n## |\\z)")
                .matcher(manual);
            assertTrue(section.find(), "docs/doctor.md has no section " + title);
            List<String> written = new ArrayList<>();
            for (Matcher block = BLOCK.matcher(section.group(1)); block.find();) {
                written.add(block.group(1) + " (" + block.group(2) + ")\n" + block.group(3));
            }
            List<String> shown = new ArrayList<>();
            for (JsonElement each : repair.getAsJsonArray("lines")) {
                JsonObject lines = each.getAsJsonObject();
                String name = lines.get("for").getAsString().replaceAll("^the\\b", "The");
                shown.add(name + " (" + lines.get("kind").getAsString() + ")\n"
                    + lines.getAsJsonArray("text").asList().stream().map(JsonElement::getAsString)
                    .collect(Collectors.joining("\n")));
            }
            assertEquals(String.join("\n\n", shown), String.join("\n\n", written), title);
        }
    }

    @Test
    void eachFaultThatCanBeNamedHasItsLinesAndNoLinesAreForNothing() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher fault = Pattern.compile("\\b(?:wrong|advice)\\('(\\w+)'")
            .matcher(Files.readString(HOME.resolve("diagnosis.js")));
        while (fault.find()) {
            named.add(fault.group(1));
        }
        Set<String> repaired = new TreeSet<>();
        repairs().forEach(repair -> repaired.add(repair.get("fault").getAsString()));
        assertEquals(named, repaired);
    }
}
