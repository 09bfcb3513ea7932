package io.rivulet.auth;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.rivulet.config.BadSetting;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bans on the disk, so that they outlive a restart: JSON, written whole and put in place of the old at once.
 * {@link Bans} uses it, one thread at a time.
 */
final class BanFile {

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private final Path path;

    BanFile(Path path) {
        this.path = path;
    }

    /** The bans that the file holds; none when it is not there. */
    List<Ban> read() {
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            Ban[] bans = GSON.fromJson(Files.readString(path), Ban[].class);
            List<Ban> all = bans == null ? new ArrayList<>() : new ArrayList<>(Arrays.asList(bans));
            if (bans == null || all.stream().anyMatch(ban -> ban == null || ban.kind() == null
                || ban.issuer() == null || ban.value() == null)) {
                throw new JsonParseException("a ban without kind, issuer or value");
            }
            return all;
        } catch (IOException | JsonParseException e) {
            throw new BadSetting("the bans in " + path + " cannot be read (" + e.getMessage()
                + "): mend the file, or take it away to let everybody in again");
        }
    }

    /**
     * Writes all bans in place of those that were there.
     *
     * @throws Refused STORE_FAILED when the disk does not take it
     */
    void write(List<Ban> bans) {
        Path young = path.resolveSibling(path.getFileName() + ".new");
        ByteBuffer bytes = ByteBuffer.wrap(GSON.toJson(bans).getBytes(StandardCharsets.UTF_8));
        try {
            try (FileChannel channel = FileChannel.open(young, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true); // before the name moves, or a power cut could leave an empty file under it
            }
            Files.move(young, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Refused.because(Reason.STORE_FAILED,
                "the bans are in force, but cannot be written: after a restart the old ones would be", e);
        }
    }
}
