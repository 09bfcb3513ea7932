package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Ban.Kind;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.hub.Drain;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators and watchers see and do at one hub holds at the other, too. */
class NodesShareTest {

    static final long HOUR_MS = 3_600_000;
    private static final String ISSUER = "https://issuer";
    private static final Grant WATCHER = HubScene.grant("watcher", GrantedTopics.ALL);

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private HubNode one;
    private HubNode two;

    private HubNode node(String name) {
        return new HubNode(folder.resolve(name), () -> new MemoryEngine(store), log -> log);
    }

    @BeforeEach
    void open() {
        one = node("one");
        two = node("two");
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    /** Somebody who is banned at one of the two is kept out at both, until somebody lifts that at the other one. */
    static void assertBansAreShared(HubNode one, HubNode two) {
        Grant ann = HubScene.grant("ann", GrantedTopics.NONE);
        HubClient there = HubScene.awaitHello(two.client("banned").as(ann).connect(), 1);
        long untilMs = one.nowMs() + HOUR_MS;
        one.bans.ban(Kind.SUBJECT, ann.issuer(), "ann", untilMs);
        HubScene.awaitEnd(there);
        assertTrue(two.bans.isBanned(ann));
        assertEquals(one.bans.list(), two.bans.list());
        assertTrue(two.bans.lift(Kind.SUBJECT, ann.issuer(), "ann"));
        Await.until("it is lifted at the first, too", () -> !one.bans.isBanned(ann) && one.bans.list().isEmpty());
    }

    /** A subscription at one of the two is in the list of the other, which tells its beginning and its end. */
    static void assertPresenceIsShared(HubNode one, HubNode two) {
        HubClient watcher = watcher(one);
        HubClient user = HubScene.awaitHello(two.client("news", "more").connect(), 1);
        Dispatched began = awaitTold(watcher, "news", true);
        assertEquals(began.data().replace("\"active\":true", "\"active\":false"),
            awaitEndOf(watcher, user).data());
        Await.until("it is gone from the list", () -> listed(one, "news") + listed(one, "more") == 0);
    }

    private static HubClient watcher(HubNode node) {
        return HubScene.awaitEvents(node.client("*").speaking(HubScene.MERCURE).as(WATCHER).connect(), 1); // itself
    }

    private static Dispatched awaitEndOf(HubClient watcher, HubClient user) {
        user.cut();
        return awaitTold(watcher, "news", false);
    }

    private static Dispatched awaitTold(HubClient watcher, String topic, boolean active) {
        return Await.value(topic + (active ? " begins" : " ends"), () -> watcher.drain().events().stream()
            .filter(event -> event.data().contains("\"match\":\"" + topic + "\"")
                && event.data().contains("\"active\":" + active)).findFirst().orElse(null));
    }

    private static int listed(HubNode node, String topic) {
        return node.hub.presence().list(of -> of.text().equals(topic)).size();
    }

    @Test
    void aBanAtOneNodeHoldsAtTheOtherAndIsLiftedThere() {
        assertBansAreShared(one, two);
    }

    @Test
    void aSubscriptionAtOneNodeIsListedAndToldByTheOther() {
        assertPresenceIsShared(one, two);
    }

    @Test
    void theStreamsOfAllNodesAreFoundAndEndedFromEach() throws Exception {
        HubClient user = HubScene.awaitHello(two.client("news", "more").as(HubScene.grant("ann", GrantedTopics.NONE))
            .connect(), 1);
        Await.until("both know of each other", () -> one.cluster.others().size() + two.cluster.others().size() == 2);
        var all = one.hub.connections().elsewhere().oldest(10).get(20, TimeUnit.SECONDS);
        assertEquals(1, all.total());
        assertEquals(List.of(), all.silent());
        assertEquals(user.connection() + " ann [\"news\",\"more\"] live " + two.cluster.self(), all.streams().stream()
            .map(of -> of.get("connection").getAsString() + ' ' + of.get("subject").getAsString() + ' '
                + of.get("topics") + ' ' + of.get("state").getAsString() + ' ' + of.get("run")).findFirst().orElse(""));
        assertEquals(0, two.hub.connections().elsewhere().find(user.connection()).get(20, TimeUnit.SECONDS).total(),
            "it is no other node's");
        assertEquals(all.streams().get(0).get("opened"), one.hub.connections().elsewhere().find(user.connection())
            .get(20, TimeUnit.SECONDS).streams().get(0).get("opened"));
        one.hub.connections().elsewhere().close(user.connection());
        HubScene.awaitEnd(user);
    }

    @Test
    void eachNodeCanBeDrainedFromEach() {
        HubClient user = HubScene.awaitHello(two.client("news").connect(), 1);
        HubClient other = HubScene.awaitHello(one.client("news").connect(), 1);
        Await.until("it is known", () -> one.cluster.others().size() == 1);
        assertFalse(one.hub.drain().begin(999), "there is none of this run");
        assertTrue(one.hub.drain().begin(two.cluster.self()));
        HubScene.awaitEnd(user);
        assertEquals(Drain.State.SERVING, one.hub.drain().progress().state());
        assertTrue(one.hub.drain().begin(one.cluster.self()));
        HubScene.awaitEnd(other);
    }

    private static boolean isRefused(HubNode node, Grant who) {
        try {
            node.client("news").as(who).connect().cut();
            return false;
        } catch (Refused e) {
            assertEquals(Refused.Reason.TOO_MANY_STREAMS, e.reason());
            return true;
        }
    }

    private static boolean isOpened(HubNode node, Grant who) {
        try {
            node.client("news").as(who).connect();
            return true;
        } catch (Refused e) {
            return false; // one that was cut may be counted for a moment
        }
    }

    @Test
    void theCapOfASubjectIsForItsStreamsAtAllNodes() {
        Grant ann = HubScene.grant("ann", GrantedTopics.NONE);
        HubClient first = HubScene.awaitHello(one.client("news").as(ann).connect(), 1);
        one.client("news").as(ann).connect();
        two.client("news").as(ann).connect();
        Await.until("both are full for her", () -> isRefused(one, ann) && isRefused(two, ann));
        assertFalse(isRefused(two, HubScene.grant("bob", GrantedTopics.NONE)));
        first.cut();
        Await.until("there is room again", () -> !isRefused(two, ann));
        Await.until("one more is open", () -> isOpened(two, ann));
        Await.until("both are full for her", () -> isRefused(one, ann) && isRefused(two, ann));
        two.close();
        Await.until("those of the other are gone", () -> !isRefused(one, ann));
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamed() throws Exception {
        Await.until("it is known", () -> one.cluster.others().size() == 1);
        store.away(true);
        var answer = one.hub.connections().elsewhere().oldest(10);
        one.timeUp.run();
        var all = answer.get(20, TimeUnit.SECONDS);
        assertEquals(List.of(one.cluster.name()), all.silent());
        assertEquals(0, all.total());
    }

    @Test
    void aNodeThatComesLaterKnowsTheBansAndTheSubscriptions() {
        one.bans.ban(Kind.TOKEN, ISSUER, "t", one.nowMs() + HOUR_MS);
        HubClient user = HubScene.awaitHello(two.client("news").connect(), 1);
        try (HubNode three = node("three")) {
            Await.until("it knows", () -> three.bans.list().size() == 1 && listed(three, "news") == 1);
            assertEquals(one.bans.list(), three.bans.list());
            user.cut();
            Await.until("it hears of the end", () -> listed(three, "news") == 0);
        }
    }

    @Test
    void aBanThatIsLiftedWhileANodeIsAwayDoesNotComeBackWithIt() {
        HubNode three = node("three");
        one.bans.ban(Kind.SUBJECT, ISSUER, "ann", one.nowMs() + HOUR_MS);
        Await.until("it knows", () -> three.bans.list().size() == 1);
        three.close();
        two.bans.lift(Kind.SUBJECT, ISSUER, "ann");
        Await.until("one knows that it is lifted", () -> one.bans.list().isEmpty());
        one.close();
        one = node("one"); // which knows it from its file alone
        two.close();
        try (HubNode again = node("three")) {
            assertEquals(List.of(), one.bans.list());
            Await.until("it hears that it is lifted", () -> again.bans.list().isEmpty());
        }
        assertEquals(List.of(), one.bans.list());
    }

    @Test
    void theSubscriptionsOfANodeThatGoesAreGone() {
        HubClient watcher = watcher(one);
        HubScene.awaitHello(two.client("news").connect(), 1);
        awaitTold(watcher, "news", true);
        two.close();
        awaitTold(watcher, "news", false);
        assertEquals(0, listed(one, "news"));
    }

    @Test
    void aSubscriptionWhoseEndWasLostIsNotListedForEver() {
        HubClient user = HubScene.awaitHello(two.client("news").connect(), 1);
        Await.until("it is listed", () -> listed(one, "news") == 1);
        store.loseNotes(false);
        user.cut();
        Await.until("it is gone", () -> listed(one, "news") == 0);
    }
}
