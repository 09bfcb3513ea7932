package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the built WAR: the libraries of THIRD-PARTY.md and no others, under the licences that they name. */
@Tag("once")
class ArchiveIT {

    private static final Path LIST = Path.of("THIRD-PARTY.md");
    private static final long WAR_BYTES_MAX = 15L << 20;
    private static final String FOLDERS = "WEB-INF/lib|WEB-INF/classes/io/rivulet/cluster|META-INF/server";
    private static final Pattern ROW =
        Pattern.compile("(?m)^\\| `([\\w.-]+)` \\| ([^|]+) \\| `(" + FOLDERS + ")` \\|$");
    private static final Pattern LIBRARY = Pattern.compile("(" + FOLDERS + ")/(.+)-\\d[^/]*\\.jar");
    /** What a library says where it is under the licence of this name. */
    private static final Map<String, String> SAID = Map.of("Apache-2.0", "apache", "MIT", "mit", "EPL-2.0", "epl-2.0",
        "GPL-2.0", "gnu.org", "BSD-3-Clause", "bsd", "BSD-2-Clause", "bsd-2-clause",
        "CC0-1.0", "publicdomain/zero");

    private static Path war() {
        return Path.of(System.getProperty("war", "target/rivulet.war"));
    }

    /** By the folder and the name of the library, what it says of its licence. */
    private static Map<String, String> libraries() throws IOException {
        Map<String, String> libraries = new TreeMap<>();
        try (JarFile archive = new JarFile(war().toFile())) {
            for (JarEntry entry : archive.stream().toList()) {
                Matcher name = LIBRARY.matcher(entry.getName());
                if (name.matches()) {
                    try (InputStream in = archive.getInputStream(entry); JarInputStream jar = new JarInputStream(in)) {
                        libraries.put(name.group(1) + "/" + name.group(2), said(jar));
                    }
                }
            }
        }
        return libraries;
    }

    /** Its manifest says it, else the licence that lies in it, else the pom from which it was built. */
    private static String said(JarInputStream jar) throws IOException {
        Manifest manifest = jar.getManifest();
        String said = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-License");
        for (JarEntry entry = jar.getNextJarEntry(); said == null && entry != null; entry = jar.getNextJarEntry()) {
            if (entry.getName().equals("META-INF/LICENSE")
                || entry.getName().matches("META-INF/maven/.*/pom\\.xml")) {
                said = new String(jar.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        return String.valueOf(said);
    }

    /** By the folder and the name of the library, its licence. */
    private static Map<String, String> listed() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(LIST));
        while (row.find()) {
            listed.put(row.group(3) + "/" + row.group(1), row.group(2));
        }
        return listed;
    }

    @Test
    void eachLibraryInTheWarIsListedAndNoOther() throws Exception {
        assertEquals(new ArrayList<>(libraries().keySet()), new ArrayList<>(listed().keySet()));
    }

    @Test
    void eachLicenceIsTheOneThatTheLibraryNames() throws Exception {
        Map<String, String> listed = listed();
        List<String> faults = new ArrayList<>();
        libraries().forEach((library, said) -> {
            for (String licence : listed.getOrDefault(library, "none").split(" OR ")) {
                String name = licence.replaceFirst(" WITH .*", "");
                if (!said.toLowerCase(Locale.ROOT).contains(SAID.getOrDefault(name, name))) {
                    faults.add(library + " is listed under " + name + " and says " + said);
                }
            }
        });
        assertEquals(List.of(), faults);
    }

    @Test
    void theListAndTheLicenceLieInTheWarWhichIsSmall() throws Exception {
        assertTrue(Files.size(war()) < WAR_BYTES_MAX, "the WAR has " + Files.size(war()) + " bytes");
        try (JarFile archive = new JarFile(war().toFile())) {
            for (String file : List.of("LICENSE", "THIRD-PARTY.md")) {
                JarEntry entry = archive.getJarEntry("META-INF/" + file);
                assertNotNull(entry, file);
                try (InputStream in = archive.getInputStream(entry)) {
                    assertEquals(Files.readString(Path.of(file)),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    @Test
    void theListOfContentsNamesEachLibraryInTheWar(@TempDir Path folder) throws Exception {
        Path list = folder.resolve("bom.json");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), ".ci/Bom.java",
            war().toString(), list.toString()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        JsonObject bom = JsonParser.parseString(Files.readString(list)).getAsJsonObject();
        assertEquals("CycloneDX", bom.get("bomFormat").getAsString());
        List<String> named = new ArrayList<>();
        bom.getAsJsonArray("components").forEach(each -> named.add(each.getAsJsonObject().get("name").getAsString()));
        assertEquals(libraries().keySet().stream().map(name -> name.replaceFirst(".*/", "")).toList(), named);
    }
}
