package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Jwt;
import io.rivulet.kit.Logged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of a file count as the file changes, and a bad file shuts nobody out. */
class FileKeysTest {

    private static final String OTHER = "another secret that is long enough for HS256";
    private static final String OF_NO_KEY = "its signature is of none of the keys";

    @TempDir
    private Path folder;
    private Path file;
    private int changes;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("key");
        write(Jwt.SECRET);
    }

    @Test
    void anotherKeyCountsASecondLaterAndTheOldOneNoMore() throws IOException {
        try (Tokens tokens = tokens()) {
            String before = Jwt.v1().sign();
            String after = Jwt.v1().sign("HS256", new SecretKeySpec(OTHER.getBytes(StandardCharsets.UTF_8), "HMAC"));
            tokens.accept(before);
            tokens.refuse(OF_NO_KEY, after);
            write(OTHER);
            tokens.accept(before); // it was looked at less than a second ago
            tokens.at(Jwt.NOW + 1);
            tokens.accept(after);
            tokens.refuse(OF_NO_KEY, before);
        }
    }

    @Test
    void aFileThatIsGoneOrBadLeavesTheKeysThatAreHereAndSaysSo() throws IOException {
        try (Tokens tokens = tokens(); Logged log = new Logged(FileKeys.class)) {
            String token = Jwt.v1().sign();
            write("short");
            tokens.at(Jwt.NOW + 1).accept(token);
            assertTrue(log.lines().get(0).contains("the keys that are here go on"), log.lines().toString());
            Files.delete(file);
            tokens.at(Jwt.NOW + 2).accept(token);
            assertTrue(log.lines().toString().length() > 0 && !log.lines().toString().contains(Jwt.SECRET));
        }
    }

    private Tokens tokens() {
        return Tokens.only("token.issuer", Jwt.ISSUER, "token.key", "file:" + file);
    }

    /** Each time with another time: two writes within a tick of the file system's clock look alike. */
    private void write(String key) throws IOException {
        Files.writeString(file, key);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + 1_000L * ++changes));
    }
}
