package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * How a dialect differs from another stands in its own folder. The doors choose a dialect by its class; all others ask
 * the dialect they have. How the bytes of an event differ stands beside the event.
 */
class DialectOnceTest {

    private static final String FOLDER = "src/main/java/io/rivulet/hub/dialect/";
    private static final String EVENTS = "src/main/java/io/rivulet/event/";
    /** The doors of streams, wherever in http they stand. */
    private static final Pattern DOORS =
        Pattern.compile("src/main/java/io/rivulet/http/(\\w+/)*((Updates|Mercure)Servlet|RespondDoor)\\.java");
    /** A class that is a dialect: it implements the interface, or extends such a class. */
    private static final Pattern DIALECT = Pattern.compile(
        "\\bclass\\s+(\\w+)(?:\\s+extends\\s+\\w*Dialect\\b|\\s+implements\\s+(?:\\w+,\\s*)*Dialect\\b)");
    private static final Pattern BY_NAME = Pattern.compile(
        "\\b(?:\\w*Dialect|Variant)\\.(?!class\\b)[A-Z]\\w*|[dD]ialect(?:\\(\\))?\\.name\\(\\)\\s*\\.equals"
            + "|\\bvariant\\(\\)\\s*[!=]=|[dD]ialect(?:\\(\\))?\\s*(?:[!=]=\\s*(?!null\\b)|\\binstanceof\\b)");

    @Test
    void onlyTheDoorsAndItsOwnFolderNameADialect() {
        List<SourceFile> main = SourceFile.all().stream().filter(SourceFile::isMain).toList();
        List<String> dialects = dialects(main);
        assertEquals(List.of("BareDialect", "EndlessDialect", "LegacyDialect", "MercureDialect", "PlainDialect",
            "QuietDialect"), dialects.stream().sorted().toList());
        assertEquals(List.of(), main.stream().flatMap(file -> faults(file, dialects)).toList());
        assertEquals(List.of(), dialects.stream()
            .filter(name -> main.stream().noneMatch(file -> isDoor(file) && file.code().contains("new " + name)))
            .toList(), "dialects that no door chooses");
    }

    @Test
    void aNameOfADialectElsewhereIsSeen() {
        assertFaulty("hub", "X x = new LegacyDialect();");
        assertFaulty("hub/stream", "boolean b = request.dialect() instanceof MercureDialect m;");
        assertFaulty("http", "import io.rivulet.hub.dialect.PlainDialect;");
    }

    @Test
    void aQuestionWhichOneItIsIsSeen() {
        assertFaulty("hub", "boolean b = request.dialect() == MERCURE;");
        assertFaulty("hub", "boolean b = dialect != other;");
        assertFaulty("hub", "boolean b = s.request.dialect().name().equals(it);");
        assertFaulty("hub/stream", "boolean b = s.variant == Variant.PLAIN;");
        assertFaulty("hub", "Object o = Dialect.MERCURE;");
    }

    @Test
    void toAskItIsNoFault() {
        assertEquals(List.of(), faults(file("hub", "boolean b = request.dialect().endsOnLoss() && x;"),
            List.of("PlainDialect")).toList());
        assertEquals(List.of(), faults(file("http/updates", "UpdatesServlet", "x = new PlainDialect();"),
            List.of("PlainDialect")).toList());
    }

    @Test
    void aNewDialectIsFound() {
        SourceFile bare = SourceFile.of(FOLDER + "Bare.java", "final class Bare implements Dialect { }");
        assertEquals(List.of("Bare"), dialects(List.of(bare)));
        SourceFile small = SourceFile.of(FOLDER + "Small.java", "final class Small extends MercureDialect { }");
        assertEquals(List.of("Small"), dialects(List.of(small)));
        assertTrue(dialects(List.of(file("hub", "class X { Dialect dialect; }"))).isEmpty());
    }

    private static void assertFaulty(String folder, String code) {
        assertNotEquals(List.of(),
            faults(file(folder, code), List.of("PlainDialect", "MercureDialect", "LegacyDialect")).toList(), code);
    }

    private static SourceFile file(String folder, String code) {
        return file(folder, "X", code);
    }

    private static SourceFile file(String folder, String name, String code) {
        return SourceFile.of("src/main/java/io/rivulet/" + folder + "/" + name + ".java", code);
    }

    private static List<String> dialects(List<SourceFile> files) {
        return files.stream().flatMap(file -> DIALECT.matcher(file.code()).results()).map(found -> found.group(1))
            .toList();
    }

    private static boolean isDoor(SourceFile file) {
        return DOORS.matcher(file.path()).matches();
    }

    private static Stream<String> faults(SourceFile file, List<String> dialects) {
        if (isDoor(file) || file.path().startsWith(FOLDER)) {
            return Stream.empty();
        }
        Pattern named = Pattern.compile("\\b(?:" + String.join("|", dialects) + ")\\b");
        return Stream.of(named, BY_NAME).filter(pattern -> pattern != BY_NAME || !file.path().startsWith(EVENTS))
            .flatMap(pattern -> pattern.matcher(file.code()).results())
            .map(found -> file.path() + " asks which dialect it is: " + found.group());
    }
}
