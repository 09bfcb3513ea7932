package io.rivulet.log.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.log.Digest;
import io.rivulet.log.disk.StoreHash;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an index says that it takes in memory is what its arrays take, and what it foretells is never too little. */
class IndexBytesTest {

    private static final Map<Class<?>, Integer> BYTES = Map.of(long.class, 8, int.class, 4, byte.class, 1);

    private final Random random = new Random(5);
    private final HeapIndex index = new HeapIndex(new StoreHash(new byte[16]));

    /** The bytes of all arrays that are held, found by walking from field to field. */
    private static long arrays(Object of) throws IllegalAccessException {
        long bytes = 0;
        for (Field field : of.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            field.setAccessible(true);
            Object held = field.get(of);
            if (held.getClass().isArray()) {
                bytes += (long) Array.getLength(held) * BYTES.get(held.getClass().componentType());
            } else if (held.getClass().getPackageName().startsWith("io.rivulet.log")) {
                bytes += arrays(held);
            }
        }
        return bytes;
    }

    @Test
    void theCountIsThatOfTheArraysAndWhatIsForetoldIsEnough() throws IllegalAccessException {
        int rel = 0;
        for (int group = 0; group < 300; group++) {
            int[] adds = {random.nextInt(300), random.nextInt(100), random.nextInt(200), random.nextInt(60)};
            byte[] name = ("name " + random.nextInt(2_000)).repeat(1 + random.nextInt(5))
                .getBytes(StandardCharsets.UTF_8);
            HeapIndex.Growth growth = new HeapIndex.Growth(adds[0], adds[1], adds[2],
                (adds[0] + adds[1]) * (name.length + 6), adds[3]);
            long before = index.bytes();
            long foretold = index.bytesWith(growth);
            for (int i = 0; i < adds[0] + adds[1]; i++) {
                name[0] = (byte) i;
                name[1] = (byte) (i >> 8);
                index.addTopic(i >= adds[0], name, 0, name.length, rel++, 64);
            }
            for (int i = 0; i < adds[3]; i++) {
                name[0] = (byte) random.nextInt();
                index.addMark(name, 0, name.length, rel, 64);
            }
            for (int i = 0; i < adds[2]; i++) {
                index.addKey(new Digest(random.nextLong(), 0), rel, 64);
            }
            assertEquals(arrays(index), index.bytes());
            assertTrue(foretold >= index.bytes(), "foretold " + foretold + ", but it has " + index.bytes());
            assertTrue(foretold <= Math.max(400_000, before * 2.5), "foretold far too much: " + foretold);
        }
        assertTrue(index.bytes() > 2_000_000, index.bytes() + " bytes");
    }
}
