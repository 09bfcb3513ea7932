import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The list of what is inside a WAR, in the form of CycloneDX 1.6: {@code java .ci/Bom.java rivulet.war rivulet-bom.json}.
 * It looks into the WAR and not at the dependencies of the build, since many of those are for compiling alone. Each
 * library is named as its own pom.properties names it; the licences are those of THIRD-PARTY.md in the WAR.
 */
public final class Bom {

    private static final Pattern LIBRARY = Pattern.compile("(?:WEB-INF/lib|WEB-INF/classes/io/rivulet/cluster|META-INF/server)/(.+)-(\\d[^/]*)\\.jar");

    private static String component(JarFile war, JarEntry entry, Matcher name, String licences) {
        try {
            byte[] bytes = war.getInputStream(entry).readAllBytes();
            String group = group(bytes, name.group(1));
            Matcher row = Pattern.compile("(?m)^\\| `" + Pattern.quote(name.group(1)) + "` \\| ([^|]+) \\|")
                .matcher(licences);
            if (!row.find()) {
                throw new IllegalStateException("THIRD-PARTY.md does not list " + name.group(1));
            }
            return "{\"type\":\"library\",\"group\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",".formatted(group,
                name.group(1), name.group(2))
                + "\"purl\":\"pkg:maven/%s/%s@%s\",".formatted(group, name.group(1), name.group(2))
                + "\"hashes\":[{\"alg\":\"SHA-256\",\"content\":\"%s\"}],".formatted(
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
                + "\"licenses\":[{\"expression\":\"%s\"}]}".formatted(row.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String group(byte[] jar, String name) throws IOException {
        try (JarInputStream in = new JarInputStream(new java.io.ByteArrayInputStream(jar))) {
            // a library that was not built with Maven says io.micrometer#micrometer-core;1.15.7
            String title = in.getManifest() == null ? null
                : in.getManifest().getMainAttributes().getValue("Implementation-Title");
            if (title != null && title.contains("#" + name + ";")) {
                return title.substring(0, title.indexOf('#'));
            }
            // nor was the driver of PostgreSQL, whose vendor's id is its group
            String vendor = in.getManifest() == null ? null
                : in.getManifest().getMainAttributes().getValue("Implementation-Vendor-Id");
            if (vendor != null && vendor.equals("org." + name)) {
                return vendor;
            }
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                if (entry.getName().matches("META-INF/maven/.*/" + Pattern.quote(name) + "/pom.properties")) {
                    Properties of = new Properties();
                    of.load(in);
                    return of.getProperty("groupId");
                }
            }
        }
        throw new IllegalStateException(name + " has no pom.properties");
    }

    public static void main(String[] words) throws IOException {
        Map<String, String> components = new TreeMap<>();
        String version;
        try (JarFile war = new JarFile(words[0])) {
            String licences;
            try (InputStream in = war.getInputStream(war.getJarEntry("META-INF/THIRD-PARTY.md"))) {
                licences = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            Properties own = new Properties();
            own.load(war.getInputStream(war.getJarEntry("META-INF/maven/io.rivulet/rivulet/pom.properties")));
            version = own.getProperty("version");
            war.stream().forEach(entry -> {
                Matcher name = LIBRARY.matcher(entry.getName());
                if (name.matches()) {
                    components.put(entry.getName(), component(war, entry, name, licences));
                }
            });
        }
        Files.writeString(Path.of(words[1]), """
            {"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "metadata":{"component":{"type":"application","group":"io.rivulet","name":"rivulet","version":"%1$s",
            "purl":"pkg:maven/io.rivulet/rivulet@%1$s?type=war","licenses":[{"license":{"id":"Apache-2.0"}}]}},
            "components":[
            %2$s
            ]}
            """.formatted(version, components.values().stream().collect(Collectors.joining(",\n"))));
    }
}
