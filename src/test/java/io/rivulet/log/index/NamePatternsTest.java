package io.rivulet.log.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.log.LogWork;
import io.rivulet.log.SliceWork;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Patterns on one name after the other: found as if each were tried, and few of them are. */
class NamePatternsTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final SliceWork work = new SliceWork(() -> {
    });

    @Test
    void aNameMatchesWhenOneOfThemDoesHoweverTheyAreFound() {
        Random random = new Random(5);
        List<TopicMatcher> all = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            all.addAll(List.of(space.selector("a" + "b".repeat(n % 7) + "{x}/" + n), space.written("b/" + n % 5 + "*"),
                space.selector("{x}/" + n), space.urlPattern("/c/:x/" + n), space.selector("a/{x}" + n)));
        }
        int[] matched = new int[2];
        for (int round = 0; round < 2_000; round++) {
            List<TopicMatcher> some = IntStream.range(0, 1 + random.nextInt(12))
                .mapToObj(i -> all.get(random.nextInt(all.size()))).toList();
            String name = List.of("a", "ab", "abbbb", "b/", "/c/", "x").get(random.nextInt(6)) + random.nextInt(9)
                + "/" + random.nextInt(40);
            boolean matches = some.stream().anyMatch(pattern -> pattern.matches(name));
            assertEquals(matches, new NamePatterns(some).matches(name, LogWork.UNBOUNDED), name + " and " + some);
            matched[matches ? 1 : 0]++;
        }
        assertTrue(matched[0] > 50 && matched[1] > 50, matched[0] + " and " + matched[1]);
    }

    /** They were a hundred comparisons for each name of a log. */
    @Test
    void aHundredTemplatesOfOtherBeginningsAreALookOrTwoForEachName() {
        NamePatterns patterns = new NamePatterns(IntStream.range(10, 100)
            .mapToObj(n -> space.selector("/users/" + n + "/{what}")).toList());
        for (int i = 0; i < 1_000; i++) {
            assertFalse(patterns.matches("/orders/" + i + "/x", work));
        }
        assertTrue(work.taken() <= 4_000, () -> work.taken() + " steps for a thousand names");
        assertTrue(patterns.matches("/users/77/name", work));
    }

    @Test
    void noneMatchesNothing() {
        assertTrue(NamePatterns.NONE.isEmpty());
        assertFalse(NamePatterns.NONE.matches("a", work));
        assertFalse(new NamePatterns(List.of(space.selector("{x}"))).isEmpty());
    }
}
